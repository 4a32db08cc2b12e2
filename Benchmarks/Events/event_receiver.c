// Receives webhooks: `event_receiver ADDRESS PORT FILE answer|mute` writes `webhook-id TAB body` of each request to FILE, in
// the order they came, and answers 200, or never. FILE is complete whenever nothing has come for 100 ms.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 4096, SPACE = 65536 };

struct connection {
    size_t filled;
    char bytes[SPACE + 1];
};

static struct connection *connections[MOST];
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

static int listening(const char *address, int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &here.sin_addr);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 1024)) {
        perror("event_receiver");
        exit(1);
    }
    return listener;
}

// Takes the requests that are complete; -1 where one is not understood or too long.
static int take(int descriptor, struct connection *connection, FILE *file, int mute) {
    for (;;) {
        connection->bytes[connection->filled] = 0;
        char *end = strstr(connection->bytes, "\r\n\r\n");
        if (!end) return connection->filled == SPACE ? -1 : 0;
        *end = 0;
        char *length = strcasestr(connection->bytes, "\r\ncontent-length:");
        char *name = strcasestr(connection->bytes, "\r\nwebhook-id:");
        size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
        size_t whole = (size_t)(end - connection->bytes) + 4 + body;
        *end = '\r';
        if (whole > SPACE || !name) return -1;
        if (connection->filled < whole) return 0;
        name += 13 + strspn(name + 13, " ");
        fprintf(file, "%.*s\t%.*s\n", (int)strcspn(name, "\r"), name, (int)body, end + 4);
        if (!mute && write(descriptor, answer, sizeof answer - 1) != sizeof answer - 1) return -1;
        connection->filled -= whole;
        memmove(connection->bytes, connection->bytes + whole, connection->filled);
    }
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    int listener = listening(arguments[1], atoi(arguments[2])), poll = epoll_create1(0);
    FILE *file = fopen(arguments[3], "w");
    int mute = strcmp(arguments[4], "mute") == 0;
    struct epoll_event one = {.events = EPOLLIN, .data.fd = listener}, ready[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &one);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        int found = epoll_wait(poll, ready, 256, 100);
        if (found <= 0) fflush(file);
        for (int i = 0; i < found; i++) {
            int descriptor = ready[i].data.fd, on = 1;
            if (descriptor == listener) {
                while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (descriptor >= MOST) { close(descriptor); continue; }
                    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    connections[descriptor] = calloc(1, sizeof *connections[descriptor]);
                    one.data.fd = descriptor;
                    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &one);
                }
                continue;
            }
            struct connection *connection = connections[descriptor];
            ssize_t more = read(descriptor, connection->bytes + connection->filled, SPACE - connection->filled);
            if (more > 0) connection->filled += (size_t)more;
            if (more <= 0 || take(descriptor, connection, file, mute) < 0) {
                close(descriptor);
                free(connection);
            }
        }
    }
}
