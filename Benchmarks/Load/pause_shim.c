// Preloaded under valgrind 3.19, which writes to the mask given to sigsuspend and dies when that lies in read-only
// memory, as libdispatch's does. The main thread only waits there: any signal may end the wait.
#include <signal.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
    (void)mask;
    return pause();
}
