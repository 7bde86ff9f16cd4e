// SPDX-License-Identifier: Apache-2.0
// arp-responder: the yardstick of bench/arp.ts. A small ARP responder in C on libpcap that works as lanlord's capture
// worker does: same filter, snap length, ring, batch size, sendmmsg and poll; addresses in an open-addressed hash.
//
//   gcc -O2 -Wall -Wextra -o arp-responder arp-responder.c -l:libpcap.so.0.8
//   arp-responder INTERFACE FIRST_ADDRESS COUNT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

// Declared here, so that the bench needs libpcap itself and not its development package.
typedef struct pcap pcap_t;
struct bpf_program { unsigned int length; void *instructions; };
struct pcap_pkthdr { struct timeval ts; uint32_t caplen, len; };
pcap_t *pcap_create(const char *, char *);
int pcap_set_snaplen(pcap_t *, int), pcap_set_immediate_mode(pcap_t *, int), pcap_set_buffer_size(pcap_t *, int);
int pcap_set_protocol_linux(pcap_t *, int), pcap_activate(pcap_t *), pcap_setdirection(pcap_t *, int);
int pcap_compile(pcap_t *, struct bpf_program *, const char *, int, uint32_t), pcap_setfilter(pcap_t *, struct bpf_program *);
int pcap_setnonblock(pcap_t *, int, char *), pcap_fileno(pcap_t *);
int pcap_next_ex(pcap_t *, struct pcap_pkthdr **, const unsigned char **);

enum { BATCH = 64, FRAME = 60, SNAP = 128, RING = 2 << 20, DIRECTION_IN = 1 };

static uint32_t *slots, mask;
static uint8_t own[6], frames[BATCH][FRAME];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

static uint32_t hash(uint32_t value) { return (value * 0x9e3779b1u) >> 7; }
static void put(uint32_t address) {
  uint32_t i = hash(address) & mask;
  while (slots[i]) i = (i + 1) & mask;
  slots[i] = address;
}
static int has(uint32_t address) {
  for (uint32_t i = hash(address) & mask; slots[i]; i = (i + 1) & mask)
    if (slots[i] == address) return 1;
  return 0;
}
static void die(const char *what) { perror(what), exit(1); }

// Writes the reply to a request for one of our addresses; 0 when there is none to give.
static int answer(const uint8_t *f, uint32_t length, uint8_t *out) {
  static const uint8_t head[10] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1}, reply[10] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 2};
  static const uint8_t everyone[6] = {255, 255, 255, 255, 255, 255};
  uint32_t target;
  if (length < 42 || memcmp(f + 12, head, 10) || (f[6] & 1) || !memcmp(f + 6, own, 6)) return 0;
  if (memcmp(f, everyone, 6) && memcmp(f, own, 6)) return 0;
  memcpy(&target, f + 38, 4);
  if (!has(target)) return 0;
  memcpy(out, f + 6, 6), memcpy(out + 6, own, 6), memcpy(out + 12, reply, 10);
  memcpy(out + 22, own, 6), memcpy(out + 28, f + 38, 4), memcpy(out + 32, f + 22, 10);
  memset(out + 42, 0, FRAME - 42);
  return 1;
}

int main(int argc, char **argv) {
  char text[256];
  struct in_addr first;
  if (argc != 4 || !inet_aton(argv[2], &first)) return fprintf(stderr, "usage: arp-responder IF FIRST COUNT\n"), 2;
  uint32_t count = strtoul(argv[3], 0, 0), size = 1;
  while (size < 2 * count + 1) size *= 2;
  mask = size - 1;
  if (!(slots = calloc(size, sizeof *slots))) die("calloc");
  for (uint32_t i = 0; i < count; i++) put(htonl(ntohl(first.s_addr) + i));

  struct ifreq request = {0};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", argv[1]);
  int any = socket(AF_INET, SOCK_DGRAM, 0);
  if (ioctl(any, SIOCGIFHWADDR, &request) < 0) die("SIOCGIFHWADDR");
  memcpy(own, request.ifr_hwaddr.sa_data, 6);

  struct bpf_program program;
  pcap_t *p = pcap_create(argv[1], text);
  if (!p || pcap_set_snaplen(p, SNAP) || pcap_set_immediate_mode(p, 1) || pcap_set_buffer_size(p, RING) ||
      pcap_set_protocol_linux(p, 3) || pcap_activate(p) < 0 || pcap_setdirection(p, DIRECTION_IN) ||
      pcap_compile(p, &program, "arp", 1, 0xffffffff) || pcap_setfilter(p, &program) || pcap_setnonblock(p, 1, text))
    return fprintf(stderr, "cannot capture on %s\n", argv[1]), 1;
  int fd = pcap_fileno(p);
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){frames[i], FRAME};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
  }
  puts("ready"), fflush(stdout);
  for (;;) {
    struct pcap_pkthdr *header;
    const unsigned char *data;
    int replies = 0, seen = 0;
    for (; seen < BATCH && pcap_next_ex(p, &header, &data) == 1; seen++)
      replies += answer(data, header->caplen, frames[replies]);
    if (replies == 1) {
      if (send(fd, frames[0], FRAME, 0) < 0) perror("send");
    } else if (replies > 1) {
      sendmmsg(fd, messages, replies, 0);
    }
    if (seen == BATCH) continue;
    struct pollfd wait = {fd, POLLIN, 0};
    poll(&wait, 1, 1000);
  }
}
