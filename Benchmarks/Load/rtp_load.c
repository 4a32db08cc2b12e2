// rtp_load FILE SECONDS [SPEAKERS]: sends G.711 packets (172 bytes, one each 20 ms) from every socket that FILE names,
// one "local-address local-port remote-address remote-port" a line, and counts what comes back. With SPEAKERS the first
// so many sockets send a loud tone and the others silence, and the time between two packets of a stream, as the kernel
// took them, is measured. Prints one line.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { capacity = 65536, phases = 20, packet_size = 172, gap_slots = 2000, gap_slot = 100000 };

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int connected(const char *local, int local_port, const char *remote, int remote_port) {
    int size = 1 << 20;
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in here = {AF_INET, htons(local_port)}, there = {AF_INET, htons(remote_port)};
    inet_pton(AF_INET, local, &here.sin_addr);
    inet_pton(AF_INET, remote, &there.sin_addr);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (bind(descriptor, (void *)&here, sizeof here) || connect(descriptor, (void *)&there, sizeof there)) {
        perror("rtp_load");
        exit(1);
    }
    return descriptor;
}

// Nanoseconds at which the kernel took the packet that is received; 0 where there was none, or another size.
static long long received_at(int descriptor, char *buffer, size_t size) {
    char control[128];
    struct iovec part = {buffer, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    long length = recvmsg(descriptor, &message, 0);
    if (length < 0) return 0;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (length != packet_size || !header || header->cmsg_type != SCM_TIMESTAMPNS) return 1;
    struct timespec time;
    memcpy(&time, CMSG_DATA(header), sizeof time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// The gap in milliseconds that 99 of 100 do not exceed.
static double usual_gap(const long *gaps) {
    long total = 0, below = 0;
    for (int slot = 0; slot < gap_slots; slot++) total += gaps[slot];
    for (int slot = 0; slot < gap_slots; slot++)
        if ((below += gaps[slot]) * 100 >= total * 99 && total) return (slot + 1) * gap_slot / 1e6;
    return 0;
}

int main(int count, char **arguments) {
    if (count != 3 && count != 4) return 2;
    static long long last[capacity];
    static long gaps[gap_slots];
    int speakers = count == 4 ? atoi(arguments[3]) : -1;
    static int sockets[capacity];
    static unsigned short sequence[capacity];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    FILE *file = fopen(arguments[1], "r");
    int poll = epoll_create1(0), streams = 0, local_port, remote_port;
    char local[64], remote[64];
    while (file && streams < capacity && fscanf(file, "%63s %d %63s %d", local, &local_port, remote, &remote_port) == 4) {
        int descriptor = connected(local, local_port, remote, remote_port);
        int on = 1;
        if (speakers >= 0) setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = streams};
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
        sockets[streams++] = descriptor;
    }
    long long start = now(), end = start + (long long)(atof(arguments[2]) * 1e9), next = start;
    long sent = 0, received = 0;
    char packet[packet_size], buffer[2048];
    memset(packet, 0xd5, sizeof packet);
    char tone[160];
    for (int i = 0; i < 160; i++) tone[i] = (char)(i / 5 % 2 ? 0x10 : 0x90);
    packet[0] = (char)0x80;
    packet[1] = 0;
    for (int tick = 0; now() < end + 300000000LL;) {
        if (now() >= next && next < end) {
            for (int i = tick % phases; i < streams; i += phases) {
                unsigned short number = htons(++sequence[i]);
                unsigned timestamp = htonl(sequence[i] * 160u), source = htonl(0x1000u + i);
                memcpy(packet + 2, &number, 2);
                memcpy(packet + 4, &timestamp, 4);
                memcpy(packet + 8, &source, 4);
                if (speakers >= 0 && i < speakers) memcpy(packet + 12, tone, 160);
                else if (speakers >= 0) memset(packet + 12, 0xff, 160);
                sent += send(sockets[i], packet, sizeof packet, 0) == sizeof packet;
            }
            tick++;
            next += 1000000;
            continue;
        }
        struct epoll_event events[512];
        int ready = epoll_wait(poll, events, 512, 1);
        for (int i = 0; i < ready; i++) {
            unsigned stream = events[i].data.u32;
            if (speakers < 0) {
                while (recv(sockets[stream], buffer, sizeof buffer, 0) == packet_size) received++;
                continue;
            }
            for (long long at; (at = received_at(sockets[stream], buffer, sizeof buffer));) {
                if (at == 1) continue;
                long long gap = last[stream] ? (at - last[stream]) / gap_slot : -1;
                if (gap >= 0) gaps[gap < gap_slots ? gap : gap_slots - 1]++;
                last[stream] = at;
                received++;
            }
        }
    }
    printf("streams=%d sent=%ld received=%ld gap_p99=%.1f\n", streams, sent, received, usual_gap(gaps));
    return 0;
}
