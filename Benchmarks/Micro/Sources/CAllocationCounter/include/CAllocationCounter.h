#pragma once
#include <stdint.h>

/// How many times the process has called malloc, calloc, realloc or an aligned form of them.
uint64_t allocation_count(void);
