// SPDX-License-Identifier: MIT
// prober: asks for one IPv4 address every millisecond and writes down who answers (Linux, AF_PACKET).
//
//   gcc -O2 -Wall -Wextra -o prober prober.c
//   prober INTERFACE ADDRESS OWN_ADDRESS [PERIOD_US]
//
// Prints `answered MAC` when the first answer has come. At SIGTERM it prints everything that it saw, one event a line,
// and ends. Times are microseconds since 1970; those of received frames are the kernel's, so a delay of this process
// does not count in them. The delay of every probe against its plan is printed beside it.
//
//   s NUMBER TIME LATE     probe sent, this many microseconds after it was due
//   a NUMBER TIME MAC      answer to it
//   g TIME MAC             announcement of the address: request or reply that nobody asked for
//   v TIME MAC ID PRIORITY advertisement of a virtual router
//
// A probe is recognised by the ARP sender hardware address, 06:00:00:00:nn:nn, which every responder copies into its
// answer; with 14 bits of number an answer may be 16 s late. The sender's IP address is always the same: thousands of
// them would overflow the neighbor table of a kernel that answers.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

enum { FRAME = 60, NUMBERS = 1 << 14, IP_PROTO_VRRP = 112, RECEIVE_BUFFER = 8 << 20 };

struct arp_frame {
  uint8_t dst[6], src[6];
  uint16_t type, htype, ptype;
  uint8_t hlen, plen;
  uint16_t op;
  uint8_t sha[6], spa[4], tha[6], tpa[4];
} __attribute__((packed));

struct event {
  int64_t us;
  uint32_t number;
  int32_t late;
  uint8_t kind, mac[6], id, priority;
};

static struct event *events;
static size_t count, room;
static volatile sig_atomic_t stopping;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void on_term(int signal) {
  (void)signal;
  stopping = 1;
}

static int64_t now_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct event *note(uint8_t kind, int64_t us) {
  if (count == room) {
    room = room ? room * 2 : 1 << 19;
    events = realloc(events, room * sizeof *events);
    if (!events) die("realloc");
  }
  struct event *e = &events[count++];
  memset(e, 0, sizeof *e);
  e->kind = kind;
  e->us = us;
  return e;
}

// ARP, and IP protocol 112 right behind the Ethernet header.
static void attach_filter(int fd) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 6, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 2),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 9),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IP_PROTO_VRRP, 3, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 3),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14 + 6),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IP_PROTO_VRRP, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 256),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)) die("SO_ATTACH_FILTER");
}

static int open_socket(const char *name) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  attach_filter(fd);
  int on = 1, size = RECEIVE_BUFFER;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) die("SO_TIMESTAMPNS");
  struct packet_mreq everything = {.mr_ifindex = (int)if_nametoindex(name), .mr_type = PACKET_MR_PROMISC};
  if (!everything.mr_ifindex) die(name);
  // Answers go to the hardware address of each probe.
  setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &everything, sizeof everything);
  struct sockaddr_ll at = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = everything.mr_ifindex};
  if (bind(fd, (struct sockaddr *)&at, sizeof at)) die("bind");
  return fd;
}

// The newest probe with these low bits.
static uint32_t whole(uint32_t newest, const uint8_t *mac) {
  uint32_t low = ((uint32_t)mac[4] << 8 | mac[5]) & (NUMBERS - 1);
  return newest - ((newest - low) & (NUMBERS - 1));
}

static int is_ours(const uint8_t *mac) { return mac[0] == 6 && !mac[1] && !mac[2] && !mac[3]; }

static void look(const uint8_t *frame, ssize_t length, int64_t us, const struct arp_frame *probe, uint32_t newest) {
  static int answered;
  const struct arp_frame *arp = (const void *)frame;
  if (length < 42) return;
  if (arp->type != htons(ETH_P_ARP)) {
    int is4 = arp->type == htons(ETH_P_IP);
    ssize_t at = is4 ? 14 + (frame[14] & 15) * 4 : 14 + 40;
    if (length < at + 8) return;
    struct event *e = note('v', us);
    memcpy(e->mac, arp->src, 6);
    e->id = frame[at + 1];
    e->priority = frame[at + 2];
    return;
  }
  if (memcmp(arp->spa, probe->tpa, 4)) return;
  int is_answer = arp->op == htons(2) && is_ours(arp->tha);
  struct event *e = note(is_answer ? 'a' : 'g', us);
  memcpy(e->mac, arp->sha, 6);
  if (!is_answer) return;
  e->number = whole(newest, arp->tha);
  if (!answered++) {
    const uint8_t *m = e->mac;
    printf("answered %02x:%02x:%02x:%02x:%02x:%02x\n", m[0], m[1], m[2], m[3], m[4], m[5]);
    fflush(stdout);
  }
}

static void drain(int fd, const struct arp_frame *probe, uint32_t newest) {
  for (;;) {
    uint8_t frame[256], control[64];
    struct iovec part = {frame, sizeof frame};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(fd, &message, 0);
    if (length < 0) return;
    int64_t us = now_ns(CLOCK_REALTIME) / 1000;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
      us = stamp.tv_sec * 1000000LL + stamp.tv_nsec / 1000;
    }
    look(frame, length, us, probe, newest);
  }
}

static void print(const struct event *e) {
  const uint8_t *m = e->mac;
  char mac[18];
  snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
  if (e->kind == 's') printf("s %u %lld %d\n", e->number, (long long)e->us, e->late);
  if (e->kind == 'a') printf("a %u %lld %s\n", e->number, (long long)e->us, mac);
  if (e->kind == 'g') printf("g %lld %s\n", (long long)e->us, mac);
  if (e->kind == 'v') printf("v %lld %s %u %u\n", (long long)e->us, mac, e->id, e->priority);
}

int main(int argc, char **argv) {
  if (argc < 4) return fprintf(stderr, "prober INTERFACE ADDRESS OWN_ADDRESS [PERIOD_US]\n"), 2;
  int64_t period = (argc > 4 ? atoll(argv[4]) : 1000) * 1000;
  int fd = open_socket(argv[1]);
  struct arp_frame *probe = calloc(1, FRAME);
  memset(probe->dst, 255, 6);
  probe->type = htons(ETH_P_ARP), probe->htype = htons(1), probe->ptype = htons(ETH_P_IP);
  probe->hlen = 6, probe->plen = 4, probe->op = htons(1);
  probe->src[0] = probe->sha[0] = 6;
  if (inet_pton(AF_INET, argv[2], probe->tpa) != 1 || inet_pton(AF_INET, argv[3], probe->spa) != 1) die("address");
  signal(SIGTERM, on_term);
  // Its own lateness must not look like that of a box; where this is not allowed, the printed lateness tells.
  prctl(PR_SET_TIMERSLACK, 1);
  sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
  uint32_t number = 0;
  int64_t due = now_ns(CLOCK_MONOTONIC) + period;
  while (!stopping) {
    int64_t wait = due - now_ns(CLOCK_MONOTONIC);
    if (wait > 0) {
      struct pollfd readable = {fd, POLLIN, 0};
      ppoll(&readable, 1, &(struct timespec){wait / 1000000000, wait % 1000000000}, NULL);
      drain(fd, probe, number);
      continue;
    }
    number++;
    probe->src[4] = probe->sha[4] = (number >> 8) & 63;
    probe->src[5] = probe->sha[5] = number & 255;
    struct event *e = note('s', now_ns(CLOCK_REALTIME) / 1000);
    e->number = number;
    e->late = (int32_t)(-wait / 1000);
    // A probe that did not leave was never asked.
    if (send(fd, probe, FRAME, 0) != FRAME) count--;
    due += period;
    // Time that is lost is lost: no burst to catch up.
    if (now_ns(CLOCK_MONOTONIC) > due + period) due = now_ns(CLOCK_MONOTONIC);
  }
  for (size_t i = 0; i < count; i++) print(&events[i]);
  return 0;
}
