// SPDX-License-Identifier: MIT
// hold-thread TID SECONDS: one thread of a process stands still for so long, the others go on.
//
//   gcc -O2 -Wall -Wextra -o hold-thread hold-thread.c
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "hold-thread TID SECONDS\n"), 2;
  pid_t thread = atoi(argv[1]);
  int status;
  if (ptrace(PTRACE_SEIZE, thread, 0, 0) || ptrace(PTRACE_INTERRUPT, thread, 0, 0)) return perror("ptrace"), 1;
  if (waitpid(thread, &status, __WALL) < 0) return perror("waitpid"), 1;
  puts("held");
  fflush(stdout);
  sleep(atoi(argv[2]));
  if (ptrace(PTRACE_DETACH, thread, 0, 0)) return perror("PTRACE_DETACH"), 1;
  return 0;
}
