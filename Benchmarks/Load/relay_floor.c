// relay_floor CALLS: the floor of a plain relay in user space, one recvfrom and one sendto a packet. Call i has the
// sockets 127.0.5.1:20000+2i and 127.0.5.1:30000+2i; what comes at one leaves from the other, to 127.0.5.3:40000+2i
// and 127.0.5.4:40000+2i.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

int main(int count, char **arguments) {
    if (count != 2) return 2;
    int calls = atoi(arguments[1]), poll = epoll_create1(0);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int *sockets = calloc(2 * calls, sizeof *sockets);
    struct sockaddr_in *targets = calloc(2 * calls, sizeof *targets);
    for (int i = 0; i < 2 * calls; i++) {
        struct sockaddr_in here = {AF_INET, htons((i & 1 ? 30000 : 20000) + (i & ~1))};
        inet_pton(AF_INET, "127.0.5.1", &here.sin_addr);
        sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (bind(sockets[i], (void *)&here, sizeof here)) {
            perror("relay_floor");
            return 1;
        }
        targets[i].sin_family = AF_INET;
        targets[i].sin_port = htons(40000 + (i & ~1));
        inet_pton(AF_INET, i & 1 ? "127.0.5.3" : "127.0.5.4", &targets[i].sin_addr);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(poll, EPOLL_CTL_ADD, sockets[i], &event);
    }
    for (;;) {
        struct epoll_event events[256];
        char packet[2048];
        int ready = epoll_wait(poll, events, 256, -1);
        for (int j = 0; j < ready; j++) {
            int i = events[j].data.u32;
            struct sockaddr_in source;
            for (;;) {
                socklen_t length = sizeof source;
                ssize_t size = recvfrom(sockets[i], packet, sizeof packet, 0, (void *)&source, &length);
                if (size <= 0) break;
                sendto(sockets[i ^ 1], packet, size, 0, (void *)&targets[i ^ 1], sizeof *targets);
            }
        }
    }
}
