/* Included before every file of libpcap: binds old versions of C library functions, so that a copy built on a new
   distribution runs on an old one. Without it, stat alone would ask for glibc 2.33, and strtol for 2.38. */
/* Features are settled by the first header: libpcap asks for these before its own first one. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <features.h>

#ifdef __GLIBC__

/* Since glibc 2.38 these would redirect strtol and sscanf to their C23 forms. */
#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL 0

/* Before 2.33, stat and its kin were inline calls of __xstat with the version of struct stat: 1 on x86-64, 0 on arm64. */
#include <sys/stat.h>
#if defined(__x86_64__)
#define FLOOR_STAT_VERSION 1
#else
#define FLOOR_STAT_VERSION 0
#endif
extern int __xstat(int version, const char *path, struct stat *buffer);
extern int __fxstat(int version, int fd, struct stat *buffer);
extern int __lxstat(int version, const char *path, struct stat *buffer);
#define stat(path, buffer) __xstat(FLOOR_STAT_VERSION, (path), (buffer))
#define fstat(fd, buffer) __fxstat(FLOOR_STAT_VERSION, (fd), (buffer))
#define lstat(path, buffer) __lxstat(FLOOR_STAT_VERSION, (path), (buffer))

#endif
