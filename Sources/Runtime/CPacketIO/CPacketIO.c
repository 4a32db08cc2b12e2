#define _GNU_SOURCE
#include "CPacketIO.h"

#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static uint64_t load_big_endian(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, 8);
    return __builtin_bswap64(value);
}

static void store_big_endian(uint8_t *bytes, uint64_t value) {
    value = __builtin_bswap64(value);
    memcpy(bytes, &value, 8);
}

/* Addresses */

static void endpoint_set_ipv6(cpio_endpoint *endpoint, const struct in6_addr *address) {
    endpoint->high = load_big_endian(address->s6_addr);
    endpoint->low = load_big_endian(address->s6_addr + 8);
    endpoint->is_ipv6 = true;
}

static void endpoint_set_ipv4(cpio_endpoint *endpoint, struct in_addr address) {
    endpoint->high = 0;
    endpoint->low = ntohl(address.s_addr);
    endpoint->is_ipv6 = false;
}

cpio_address cpio_address_make(cpio_endpoint endpoint) {
    cpio_address result;
    memset(&result, 0, sizeof result);
    if (endpoint.is_ipv6) {
        struct sockaddr_in6 *address = (struct sockaddr_in6 *)result.words;
        address->sin6_family = AF_INET6;
        address->sin6_port = htons(endpoint.port);
        store_big_endian(address->sin6_addr.s6_addr, endpoint.high);
        store_big_endian(address->sin6_addr.s6_addr + 8, endpoint.low);
        result.length = sizeof *address;
    } else {
        struct sockaddr_in *address = (struct sockaddr_in *)result.words;
        address->sin_family = AF_INET;
        address->sin_port = htons(endpoint.port);
        address->sin_addr.s_addr = htonl((uint32_t)endpoint.low);
        result.length = sizeof *address;
    }
    return result;
}

cpio_endpoint cpio_address_endpoint(const cpio_address *address) {
    cpio_endpoint result = {0};
    const struct sockaddr *any = (const struct sockaddr *)address->words;
    if (any->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)address->words;
        endpoint_set_ipv6(&result, &ipv6->sin6_addr);
        result.port = ntohs(ipv6->sin6_port);
    } else if (any->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address->words;
        endpoint_set_ipv4(&result, ipv4->sin_addr);
        result.port = ntohs(ipv4->sin_port);
    }
    return result;
}

/* Waiting */

int cpio_epoll_create(void) {
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

static int control(int epoll, int operation, int descriptor, uint64_t token, int interest) {
    struct epoll_event event = {0};
    event.events = (interest & CPIO_READABLE ? EPOLLIN : 0) | (interest & CPIO_WRITABLE ? EPOLLOUT : 0)
        | (interest & CPIO_EDGE ? EPOLLET : 0);
    event.data.u64 = token;
    return epoll_ctl(epoll, operation, descriptor, &event) < 0 ? -errno : 0;
}

int cpio_watch(int epoll, int descriptor, uint64_t token, int interest) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, token, interest);
}

int cpio_rewatch(int epoll, int descriptor, uint64_t token, int interest) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, token, interest);
}

int cpio_unwatch(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL) < 0 ? -errno : 0;
}

int cpio_wait(int epoll, cpio_event *events, int capacity, int64_t nanoseconds) {
    struct epoll_event ready[256];
    if (capacity > 256) capacity = 256;
    struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    int count = epoll_pwait2(epoll, ready, capacity, nanoseconds < 0 ? NULL : &timeout, NULL);
    if (count < 0 && errno == ENOSYS) { // Linux before 5.11 knows milliseconds only
        int64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 != 0);
        int bounded = nanoseconds < 0 ? -1 : milliseconds > 60000 ? 60000 : (int)milliseconds;
        count = epoll_wait(epoll, ready, capacity, bounded);
    }
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        events[i].token = ready[i].data.u64;
        events[i].readable = ready[i].events & EPOLLIN;
        events[i].writable = ready[i].events & EPOLLOUT;
        events[i].failed = ready[i].events & (EPOLLERR | EPOLLHUP);
    }
    return count;
}

int cpio_eventfd_create(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int cpio_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    return write(descriptor, &one, sizeof one) < 0 ? -errno : 0;
}

int cpio_close(int descriptor) { return close(descriptor) < 0 ? -errno : 0; }

int64_t cpio_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int cpio_prepare_thread(const char *name, cpio_precedence precedence) {
    pthread_setname_np(pthread_self(), name);
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    struct sched_param parameters = {.sched_priority = precedence.real_time_priority};
    if (precedence.real_time_priority > 0)
        return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) < 0 ? -errno : 0;
    if (precedence.niceness >= 0) return 0;
    if (sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &parameters) < 0) return -errno;
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), precedence.niceness) < 0 ? -errno : 0;
}

/* Sockets */

static void set_option(int descriptor, int level, int option, int value) {
    setsockopt(descriptor, level, option, &value, sizeof value);
}

static void set_buffer(int descriptor, int forced, int ordinary, int bytes) {
    if (bytes <= 0) return;
    if (setsockopt(descriptor, SOL_SOCKET, forced, &bytes, sizeof bytes) < 0)
        set_option(descriptor, SOL_SOCKET, ordinary, bytes);
}

int cpio_udp_open(cpio_endpoint local, int options, int receive_bytes, int send_bytes, int type_of_service) {
    int descriptor = socket(local.is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    int level = local.is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    if (local.is_ipv6) set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (options & CPIO_SHARE_PORT) set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (options & CPIO_REPORT_DESTINATION)
        set_option(descriptor, level, local.is_ipv6 ? IPV6_RECVPKTINFO : IP_PKTINFO, 1);
    if (options & CPIO_REPORT_DROPS) set_option(descriptor, SOL_SOCKET, SO_RXQ_OVFL, 1);
    if (options & CPIO_REPORT_UNREACHABLE)
        set_option(descriptor, level, local.is_ipv6 ? IPV6_RECVERR : IP_RECVERR, 1);
    /* Large messages are cut into fragments instead of failing when some path turns out to be narrow. Small ones go
       out cheaper without: a datagram that may be fragmented needs an identification of its own. */
    if (!(options & CPIO_DISCOVER_MTU))
        set_option(descriptor, level, local.is_ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    if (type_of_service > 0) set_option(descriptor, level, local.is_ipv6 ? IPV6_TCLASS : IP_TOS, type_of_service);
    set_buffer(descriptor, SO_RCVBUFFORCE, SO_RCVBUF, receive_bytes);
    set_buffer(descriptor, SO_SNDBUFFORCE, SO_SNDBUF, send_bytes);
    cpio_address address = cpio_address_make(local);
    if (bind(descriptor, (const struct sockaddr *)address.words, address.length) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int cpio_local_endpoint(int descriptor, cpio_endpoint *local) {
    cpio_address address = {0};
    socklen_t length = sizeof address.words;
    if (getsockname(descriptor, (struct sockaddr *)address.words, &length) < 0) return -errno;
    *local = cpio_address_endpoint(&address);
    return 0;
}

int cpio_source_address(cpio_endpoint remote, cpio_endpoint *source) {
    int descriptor = socket(remote.is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    cpio_address address = cpio_address_make(remote);
    int result = connect(descriptor, (const struct sockaddr *)address.words, address.length) < 0
        ? -errno
        : cpio_local_endpoint(descriptor, source);
    close(descriptor);
    return result;
}

/* Receiving */

enum { CONTROL_BYTES = 128 };

struct cpio_receive_batch {
    int slots;
    int used;
    uint32_t drops;
    void *memory;
    struct mmsghdr *headers;
    struct iovec *vectors;
    cpio_address *sources;
    cpio_datagram *datagrams;
    uint8_t (*controls)[CONTROL_BYTES];
};

static void receive_slot_reset(cpio_receive_batch *batch, int index) {
    struct msghdr *header = &batch->headers[index].msg_hdr;
    header->msg_namelen = sizeof batch->sources[index].words;
    header->msg_controllen = CONTROL_BYTES;
    header->msg_flags = 0;
}

cpio_receive_batch *cpio_receive_batch_create(int slots, int buffer_bytes) {
    cpio_receive_batch *batch = calloc(1, sizeof *batch);
    /* An odd number of cache lines between buffers keeps the beginnings of datagrams out of each other's cache sets. */
    size_t stride = ((size_t)buffer_bytes + 127) / 128 * 128 + 64 * 17;
    batch->slots = slots;
    batch->memory = malloc(stride * (size_t)slots);
    batch->headers = calloc((size_t)slots, sizeof *batch->headers);
    batch->vectors = calloc((size_t)slots, sizeof *batch->vectors);
    batch->sources = calloc((size_t)slots, sizeof *batch->sources);
    batch->datagrams = calloc((size_t)slots, sizeof *batch->datagrams);
    batch->controls = calloc((size_t)slots, CONTROL_BYTES);
    for (int i = 0; i < slots; i++) {
        struct msghdr *header = &batch->headers[i].msg_hdr;
        batch->vectors[i].iov_base = (uint8_t *)batch->memory + stride * (size_t)i;
        batch->vectors[i].iov_len = (size_t)buffer_bytes;
        header->msg_name = batch->sources[i].words;
        header->msg_iov = &batch->vectors[i];
        header->msg_iovlen = 1;
        header->msg_control = batch->controls[i];
        receive_slot_reset(batch, i);
    }
    return batch;
}

void cpio_receive_batch_destroy(cpio_receive_batch *batch) {
    free(batch->memory);
    free(batch->headers);
    free(batch->vectors);
    free(batch->sources);
    free(batch->datagrams);
    free(batch->controls);
    free(batch);
}

const cpio_datagram *cpio_receive_batch_datagrams(const cpio_receive_batch *batch) { return batch->datagrams; }

const cpio_address *cpio_receive_batch_source(const cpio_receive_batch *batch, int index) {
    return &batch->sources[index];
}

uint32_t cpio_receive_batch_drops(const cpio_receive_batch *batch) { return batch->drops; }

static void read_controls(cpio_receive_batch *batch, struct msghdr *header, cpio_datagram *datagram) {
    for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item != NULL; item = CMSG_NXTHDR(header, item)) {
        if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof info);
            endpoint_set_ipv4(&datagram->local, info.ipi_spec_dst);
            datagram->has_local = true;
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof info);
            endpoint_set_ipv6(&datagram->local, &info.ipi6_addr);
            datagram->has_local = true;
        } else if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&batch->drops, CMSG_DATA(item), sizeof batch->drops);
        }
    }
}

int cpio_receive(int descriptor, cpio_receive_batch *batch) {
    for (int i = 0; i < batch->used; i++) receive_slot_reset(batch, i);
    batch->used = 0;
    batch->drops = 0;
    int count = recvmmsg(descriptor, batch->headers, (unsigned)batch->slots, MSG_DONTWAIT, NULL);
    if (count < 0) return -errno;
    batch->used = count;
    for (int i = 0; i < count; i++) {
        struct msghdr *header = &batch->headers[i].msg_hdr;
        cpio_datagram *datagram = &batch->datagrams[i];
        batch->sources[i].length = header->msg_namelen;
        datagram->bytes = batch->vectors[i].iov_base;
        datagram->count = batch->headers[i].msg_len;
        datagram->truncated = header->msg_flags & MSG_TRUNC;
        datagram->has_local = false;
        datagram->source = cpio_address_endpoint(&batch->sources[i]);
        if (header->msg_controllen > 0) read_controls(batch, header, datagram);
    }
    return count;
}

int cpio_receive_one(int descriptor, void *buffer, uint32_t capacity, cpio_address *source) {
    socklen_t length = sizeof source->words;
    /* Not through the C library: there it would be a point where threads are cancelled, which costs with every packet. */
    long count = syscall(SYS_recvfrom, descriptor, buffer, (size_t)capacity, MSG_DONTWAIT, source->words, &length);
    if (count < 0) return -errno;
    source->length = length;
    return (int)count;
}

/* Sending */

struct cpio_send_batch {
    int slots;
    int used;
    size_t arena_bytes;
    size_t arena_used;
    uint8_t *arena;
    struct mmsghdr *headers;
    struct iovec *vectors;
    cpio_address *destinations;
    uint8_t (*controls)[CONTROL_BYTES];
};

cpio_send_batch *cpio_send_batch_create(int slots, int arena_bytes) {
    cpio_send_batch *batch = calloc(1, sizeof *batch);
    batch->slots = slots;
    batch->arena_bytes = (size_t)arena_bytes;
    batch->arena = malloc(batch->arena_bytes);
    batch->headers = calloc((size_t)slots, sizeof *batch->headers);
    batch->vectors = calloc((size_t)slots, sizeof *batch->vectors);
    batch->destinations = calloc((size_t)slots, sizeof *batch->destinations);
    batch->controls = calloc((size_t)slots, CONTROL_BYTES);
    return batch;
}

void cpio_send_batch_destroy(cpio_send_batch *batch) {
    free(batch->arena);
    free(batch->headers);
    free(batch->vectors);
    free(batch->destinations);
    free(batch->controls);
    free(batch);
}

void cpio_send_batch_clear(cpio_send_batch *batch) {
    batch->used = 0;
    batch->arena_used = 0;
}

static void write_source(struct msghdr *header, const cpio_endpoint *from) {
    struct cmsghdr *item = header->msg_control;
    if (from->is_ipv6) {
        struct in6_pktinfo info = {0};
        store_big_endian(info.ipi6_addr.s6_addr, from->high);
        store_big_endian(info.ipi6_addr.s6_addr + 8, from->low);
        item->cmsg_level = IPPROTO_IPV6;
        item->cmsg_type = IPV6_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(item), &info, sizeof info);
        header->msg_controllen = CMSG_SPACE(sizeof info);
    } else {
        struct in_pktinfo info = {0};
        info.ipi_spec_dst.s_addr = htonl((uint32_t)from->low);
        item->cmsg_level = IPPROTO_IP;
        item->cmsg_type = IP_PKTINFO;
        item->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(item), &info, sizeof info);
        header->msg_controllen = CMSG_SPACE(sizeof info);
    }
}

int cpio_send_batch_append(
    cpio_send_batch *batch, const void *bytes, uint32_t count, const cpio_address *to, const cpio_endpoint *from,
    bool borrowed
) {
    if (batch->used >= batch->slots) return -ENOBUFS;
    if (!borrowed && count > batch->arena_bytes - batch->arena_used) return -ENOBUFS;
    int index = batch->used++;
    struct iovec *vector = &batch->vectors[index];
    vector->iov_len = count;
    if (borrowed) {
        vector->iov_base = (void *)bytes;
    } else {
        vector->iov_base = batch->arena + batch->arena_used;
        memcpy(vector->iov_base, bytes, count);
        batch->arena_used += count;
    }
    batch->destinations[index] = *to;
    struct msghdr *header = &batch->headers[index].msg_hdr;
    header->msg_name = batch->destinations[index].words;
    header->msg_namelen = to->length;
    header->msg_iov = vector;
    header->msg_iovlen = 1;
    header->msg_control = batch->controls[index];
    header->msg_controllen = 0;
    if (from != NULL) write_source(header, from);
    return 0;
}

const void *cpio_send_batch_bytes(const cpio_send_batch *batch, int index, uint32_t *count) {
    *count = (uint32_t)batch->vectors[index].iov_len;
    return batch->vectors[index].iov_base;
}

cpio_endpoint cpio_send_batch_destination(const cpio_send_batch *batch, int index) {
    return cpio_address_endpoint(&batch->destinations[index]);
}

int cpio_send(int descriptor, cpio_send_batch *batch, int start, int count) {
    int sent = sendmmsg(descriptor, batch->headers + start, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}

int cpio_send_one(int descriptor, const void *bytes, uint32_t count, const cpio_address *to) {
    long sent = syscall(
        SYS_sendto, descriptor, bytes, (size_t)count, MSG_DONTWAIT | MSG_NOSIGNAL, to->words, (size_t)to->length);
    return sent < 0 ? -errno : (int)sent;
}

int cpio_connect(int descriptor, const cpio_address *peer) {
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    int result = peer == NULL
        ? connect(descriptor, &none, sizeof none)
        : connect(descriptor, (const struct sockaddr *)peer->words, peer->length);
    return result < 0 ? -errno : 0;
}

int cpio_send_connected(int descriptor, const void *bytes, uint32_t count) {
    /* A refusal is the report about an earlier datagram, which the kernel clears by telling it. */
    for (int attempt = 0;; attempt++) {
        long sent = syscall(SYS_sendto, descriptor, bytes, (size_t)count, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, (size_t)0);
        if (sent >= 0) return (int)sent;
        if (errno != ECONNREFUSED || attempt > 0) return -errno;
    }
}

/* Errors that routers and peers report */

int cpio_take_error(
    int descriptor, void *buffer, uint32_t capacity, uint32_t *count, cpio_endpoint *destination, int *error
) {
    cpio_address name = {0};
    uint8_t controls[512];
    struct iovec vector = {buffer, capacity};
    struct msghdr header = {0};
    header.msg_name = name.words;
    header.msg_namelen = sizeof name.words;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = controls;
    header.msg_controllen = sizeof controls;
    ssize_t received = recvmsg(descriptor, &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (received < 0) return 0;
    *count = (uint32_t)received;
    *destination = cpio_address_endpoint(&name);
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&header); item != NULL; item = CMSG_NXTHDR(&header, item)) {
        bool is_error = (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR)
            || (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR);
        if (!is_error) continue;
        struct sock_extended_err report;
        memcpy(&report, CMSG_DATA(item), sizeof report);
        bool is_icmp = report.ee_origin == SO_EE_ORIGIN_ICMP || report.ee_origin == SO_EE_ORIGIN_ICMP6;
        if (!is_icmp || report.ee_errno == EMSGSIZE) return 2;
        *error = (int)report.ee_errno;
        return 1;
    }
    return 2;
}
