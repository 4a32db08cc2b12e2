// rtp_load FILE SECONDS: sends G.711 packets (172 bytes, one each 20 ms) from every socket that FILE names, one
// "local-address local-port remote-address remote-port" a line, and counts what comes back. Prints one line.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { capacity = 65536, phases = 20, packet_size = 172 };

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

int main(int count, char **arguments) {
    if (count != 3) return 2;
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
        struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
        sockets[streams++] = descriptor;
    }
    long long start = now(), end = start + (long long)(atof(arguments[2]) * 1e9), next = start;
    long sent = 0, received = 0;
    char packet[packet_size], buffer[2048];
    memset(packet, 0xd5, sizeof packet);
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
                sent += send(sockets[i], packet, sizeof packet, 0) == sizeof packet;
            }
            tick++;
            next += 1000000;
            continue;
        }
        struct epoll_event events[512];
        int ready = epoll_wait(poll, events, 512, 1);
        for (int i = 0; i < ready; i++)
            while (recv(events[i].data.fd, buffer, sizeof buffer, 0) == packet_size) received++;
    }
    printf("streams=%d sent=%ld received=%ld\n", streams, sent, received);
    return 0;
}
