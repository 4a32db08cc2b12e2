/// The system calls that Swift's Glibc module hides, in shapes that Swift can read without unsafe casts.
/// Functions return a count or a descriptor, or the negated errno; none of them blocks except `cpio_wait`.
#ifndef CPACKETIO_H
#define CPACKETIO_H

#include <stdbool.h>
#include <stdint.h>

/// An address and a port as numbers in host order; IPv4 addresses in the lower 32 bits of `low`.
typedef struct {
    uint64_t high;
    uint64_t low;
    uint16_t port;
    bool is_ipv6;
} cpio_endpoint;

/// A `sockaddr_in` or `sockaddr_in6` ready for the kernel.
typedef struct {
    uint32_t words[7];
    uint32_t length;
} cpio_address;

cpio_address cpio_address_make(cpio_endpoint endpoint);
cpio_endpoint cpio_address_endpoint(const cpio_address *address);

/// One readiness report of epoll.
typedef struct {
    uint64_t token;
    bool readable;
    bool writable;
    bool failed;
} cpio_event;

enum { CPIO_READABLE = 1, CPIO_WRITABLE = 2, CPIO_EDGE = 4 };

int cpio_epoll_create(void);
int cpio_watch(int epoll, int descriptor, uint64_t token, int interest);
int cpio_rewatch(int epoll, int descriptor, uint64_t token, int interest);
int cpio_unwatch(int epoll, int descriptor);
/// Waits for events, at most `nanoseconds` long; negative waits for ever.
int cpio_wait(int epoll, cpio_event *events, int capacity, int64_t nanoseconds);
int cpio_eventfd_create(void);
int cpio_eventfd_signal(int descriptor);
int cpio_close(int descriptor);
/// CLOCK_MONOTONIC in nanoseconds.
int64_t cpio_monotonic_nanoseconds(void);

/// Before which others a thread runs: SCHED_FIFO with a positive priority, else earlier with a negative niceness.
typedef struct {
    int real_time_priority;
    int niceness;
} cpio_precedence;

/// Names the calling thread, lets its timers fire exactly, and asks for `precedence`, which the threads that it starts
/// do not inherit. A negative errno where the system refuses; the thread then runs like any other.
int cpio_prepare_thread(const char *name, cpio_precedence precedence);

enum {
    CPIO_SHARE_PORT = 1,
    CPIO_REPORT_DESTINATION = 2,
    CPIO_REPORT_DROPS = 4,
    CPIO_REPORT_UNREACHABLE = 8,
    CPIO_DISCOVER_MTU = 16,
};

/// A bound, non-blocking UDP socket; IPv6 sockets never take IPv4 traffic.
int cpio_udp_open(cpio_endpoint local, int options, int receive_bytes, int send_bytes, int type_of_service);
int cpio_local_endpoint(int descriptor, cpio_endpoint *local);
/// The local address that the routing table chooses for traffic to `remote`.
int cpio_source_address(cpio_endpoint remote, cpio_endpoint *source);

/// One received datagram, valid until the next receive into the same batch.
typedef struct {
    void *bytes;
    uint32_t count;
    bool truncated;
    /// Whether `local` and its address were reported by the kernel.
    bool has_local;
    cpio_endpoint source;
    cpio_endpoint local;
} cpio_datagram;

/// Buffers for one `recvmmsg`.
typedef struct cpio_receive_batch cpio_receive_batch;
cpio_receive_batch *cpio_receive_batch_create(int slots, int buffer_bytes);
void cpio_receive_batch_destroy(cpio_receive_batch *batch);
const cpio_datagram *cpio_receive_batch_datagrams(const cpio_receive_batch *batch);
/// The sender of one datagram in the kernel's own shape.
const cpio_address *cpio_receive_batch_source(const cpio_receive_batch *batch, int index);
/// The last drop counter the kernel attached to a datagram (SO_RXQ_OVFL), cumulative per socket; 0 when none came.
uint32_t cpio_receive_batch_drops(const cpio_receive_batch *batch);
int cpio_receive(int descriptor, cpio_receive_batch *batch);

/// Datagrams collected for one `sendmmsg`.
typedef struct cpio_send_batch cpio_send_batch;
cpio_send_batch *cpio_send_batch_create(int slots, int arena_bytes);
void cpio_send_batch_destroy(cpio_send_batch *batch);
void cpio_send_batch_clear(cpio_send_batch *batch);
/// Adds a datagram, copying its bytes unless `borrowed`; `from` may be null. Returns 0, or -ENOBUFS when full.
int cpio_send_batch_append(
    cpio_send_batch *batch, const void *bytes, uint32_t count, const cpio_address *to, const cpio_endpoint *from,
    bool borrowed);
const void *cpio_send_batch_bytes(const cpio_send_batch *batch, int index, uint32_t *count);
cpio_endpoint cpio_send_batch_destination(const cpio_send_batch *batch, int index);
/// Sends the datagrams from `start` on; returns how many the kernel took.
int cpio_send(int descriptor, cpio_send_batch *batch, int start, int count);

/// One datagram without a batch: the count of bytes, or the negated errno.
int cpio_receive_one(int descriptor, void *buffer, uint32_t capacity, cpio_address *source);
int cpio_send_one(int descriptor, const void *bytes, uint32_t count, const cpio_address *to);
/// Binds the other end: only datagrams of `peer` come in, and a send to no address goes there. Null undoes it.
int cpio_connect(int descriptor, const cpio_address *peer);
/// One datagram to the peer of a connected socket.
int cpio_send_connected(int descriptor, const void *bytes, uint32_t count);

/// Takes one report off the error queue: 1 with the ICMP error, the datagram's destination and the beginning of its
/// bytes; 0 when the queue is empty; 2 for a report of another kind.
int cpio_take_error(
    int descriptor, void *buffer, uint32_t capacity, uint32_t *count, cpio_endpoint *destination, int *error);

#endif
