/*
 * Stands between a relay's process and its disk, loaded with LD_PRELOAD: notes what reaches the disk and what
 * leaves by a socket, in the order in which it happens, and holds or fails an fsync when told to.
 *
 * Knows: the names of a relay's files, where a commit ends in a write-ahead log of SQLite, a mark that tests put
 * into envelopes, the head of an `accepted` (SPEC 5.6, 11.4). Never knows: what is sealed, who listens.
 *
 * Changes nothing while nobody tells it to. It talks to the test through one file, mapped here and read and written
 * there with plain file input and output; both see the same pages. Words are 8 bytes, in the machine's order:
 *
 *   0        HERE once this library is at work
 *   1        how many events there are; an event's place among them is its moment
 *   2        from which fsync on none succeeds any more, counted over the files of word 4; 0: never
 *   3        how many of these have begun
 *   4        a bit 2^f for each file f that word 2 is about
 *   5        how many fsyncs have begun, over all files that are watched
 *   8 f + 8  of file f: held (0 or 1), fsyncs begun, ended well, failed
 *   512 ...  events of 4 words: what, file or wing, a, b
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define HERE 0x4b53494450570001ull
#define ROOM (1u << 20) /* events */

enum { EVENTS = 1, FAIL_FROM = 2, COUNTED = 3, WHICH = 4, BEGUN = 5, FILES = 8, FIRST_EVENT = 512 };
enum { HELD = 0, FILE_BEGUN = 1, FILE_ENDED = 2, FILE_FAILED = 3 };
enum { FSYNC_BEGINS = 1, FSYNC_ENDED = 2, FSYNC_FAILED = 3, MARKED = 4, COMMITTED = 5, CUT = 6, ACCEPTED = 7, WRITTEN = 8 };
enum { NOTHING = 0, PEER = 1, PEER_LOG = 2, BUSINESS = 3, BUSINESS_LOG = 4 };

static _Atomic uint64_t *shared;
static char folder[4096];
static size_t folder_length;

#define REAL(result, name, ...)                                                                                        \
    static result (*real_##name)(__VA_ARGS__);                                                                         \
    static void find_##name(void) { if (!real_##name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name); }

REAL(int, fsync, int)
REAL(int, fdatasync, int)
REAL(ssize_t, write, int, const void *, size_t)
REAL(ssize_t, pwrite, int, const void *, size_t, off_t)
REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)
REAL(ssize_t, writev, int, const struct iovec *, int)
REAL(int, ftruncate, int, off_t)
REAL(int, ftruncate64, int, off64_t)
REAL(ssize_t, send, int, const void *, size_t, int)
REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t)
REAL(ssize_t, sendmsg, int, const struct msghdr *, int)

__attribute__((constructor)) static void begin(void) {
    const char *events = getenv("PARTYWALL_DISK_EVENTS"), *watched = getenv("PARTYWALL_DISK_FOLDER");
    if (!events || !watched || strlen(watched) >= sizeof folder) return;
    int fd = open(events, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    size_t bytes = (FIRST_EVENT + 4 * (size_t)ROOM) * sizeof(uint64_t);
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED) return;
    folder_length = strlen(watched);
    memcpy(folder, watched, folder_length);
    shared = mapped;
    atomic_store(&shared[0], HERE);
}

static void note(uint64_t what, uint64_t file, uint64_t a, uint64_t b) {
    uint64_t moment = atomic_fetch_add(&shared[EVENTS], 1);
    if (moment >= ROOM) return; /* the test sees that there were too many */
    _Atomic uint64_t *event = shared + FIRST_EVENT + 4 * moment;
    atomic_store(&event[1], file);
    atomic_store(&event[2], a);
    atomic_store(&event[3], b);
    atomic_store(&event[0], what);
}

/* Which of the watched files this is. */
static int watched(int fd) {
    static const char *const names[] = {"", "/peer.db", "/peer.db-wal", "/business.db", "/business.db-wal"};
    char link[32], path[4096];
    if (!shared) return NOTHING;
    int before = errno, digits = 0, number = fd, file = NOTHING;
    do digits++; while (number /= 10);
    memcpy(link, "/proc/self/fd/", 14);
    for (int at = 14 + digits - 1; at >= 14; at--, fd /= 10) link[at] = (char)('0' + fd % 10);
    link[14 + digits] = 0;
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length <= (ssize_t)folder_length || memcmp(path, folder, folder_length)) return NOTHING;
    path[length] = 0;
    for (int each = 1; each < 5; each++)
        if (!strcmp(path + folder_length, names[each])) file = each;
    return file;
}

static int is_log(int file) { return file == PEER_LOG || file == BUSINESS_LOG; }

/* What is about to be written. A header of 24 bytes stands before each page in the log; in that of the last page of a
 * commit, the length of the database is not 0, and the commit is there with the page after it. */
static void note_bytes(int file, const unsigned char *bytes, size_t length) {
    static const unsigned char mark[8] = {0xd1, 'p', 'w', 'd', 'i', 's', 'k', 0x1d};
    static const unsigned char zero[4];
    static _Atomic int last[8];
    note(WRITTEN, (uint64_t)file, length, 0);
    if (!is_log(file)) return;
    int commits = atomic_exchange(&last[file], length == 24 && memcmp(bytes + 4, zero, 4));
    const unsigned char *at = bytes, *end = bytes + length;
    while (end - at >= 16 && (at = memmem(at, (size_t)(end - at), mark, 8)) && end - at >= 16) {
        uint32_t who, number;
        memcpy(&who, at + 8, 4);
        memcpy(&number, at + 12, 4);
        note(MARKED, (uint64_t)file, who, number);
        at += 16;
    }
    if (commits) note(COMMITTED, (uint64_t)file, 0, 0);
}

static uint64_t port_of(int fd) {
    struct sockaddr_storage there;
    socklen_t length = sizeof there;
    if (getpeername(fd, (struct sockaddr *)&there, &length)) return 0;
    if (there.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&there)->sin_port);
    if (there.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&there)->sin6_port);
    return 0;
}

/* Notes every `accepted` that is about to leave: its wing, the port that it goes to, its number. The number is the
 * first field of a map, in the shortest form. */
static void note_said(int fd, const unsigned char *bytes, size_t length) {
    if (!shared) return;
    for (size_t at = 0; at + 11 <= length; at++) {
        const unsigned char *head = bytes + at;
        int peer = head[0] == 'P' && head[1] == 1 && head[2] == 0 && head[3] == 0x23;
        int business = head[0] == 'B' && head[1] == 1 && head[2] == 1 && head[3] == 0x41;
        if (!peer && !business) continue;
        const unsigned char *body = head + 8;
        if ((body[0] & 0xe0) != 0xa0 || body[1] != 0) continue;
        size_t more = body[2] < 24 ? 0 : body[2] < 28 ? (size_t)1 << (body[2] - 24) : 99;
        if (at + 11 + more > length) continue;
        uint64_t number = more ? 0 : body[2];
        for (size_t byte = 0; byte < more; byte++) number = number << 8 | body[3 + byte];
        int before = errno;
        note(ACCEPTED, head[0], port_of(fd), number);
        errno = before;
    }
}

static void note_all_said(int fd, const struct iovec *parts, size_t count) {
    if (!shared) return;
    size_t length = 0, at = 0;
    for (size_t each = 0; each < count; each++) length += parts[each].iov_len;
    unsigned char *whole = malloc(length ? length : 1);
    if (!whole) return;
    for (size_t each = 0; each < count; at += parts[each++].iov_len)
        memcpy(whole + at, parts[each].iov_base, parts[each].iov_len);
    note_said(fd, whole, length);
    free(whole);
}

static int sync_as_told(int fd, int (*really)(int)) {
    int file = watched(fd);
    if (!file) return really(fd);
    _Atomic uint64_t *of = shared + 8 * file + FILES;
    uint64_t nth = atomic_fetch_add(&shared[BEGUN], 1) + 1;
    int fails = 0;
    note(FSYNC_BEGINS, (uint64_t)file, nth, 0);
    atomic_fetch_add(&of[FILE_BEGUN], 1);
    while (atomic_load(&of[HELD])) nanosleep(&(struct timespec){0, 200000}, NULL);
    if (atomic_load(&shared[WHICH]) >> file & 1) {
        uint64_t from = atomic_load(&shared[FAIL_FROM]);
        fails = from && atomic_fetch_add(&shared[COUNTED], 1) + 1 >= from;
    }
    int result = -1, error = EIO;
    if (!fails) {
        result = really(fd);
        error = errno;
    }
    note(result ? FSYNC_FAILED : FSYNC_ENDED, (uint64_t)file, nth, 0);
    atomic_fetch_add(&of[result ? FILE_FAILED : FILE_ENDED], 1);
    errno = error;
    return result;
}

EXPORT int fsync(int fd) {
    find_fsync();
    return sync_as_told(fd, real_fsync);
}

EXPORT int fdatasync(int fd) {
    find_fdatasync();
    return sync_as_told(fd, real_fdatasync);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length) {
    find_write();
    int file = watched(fd);
    if (file) note_bytes(file, bytes, length);
    else note_said(fd, bytes, length);
    return real_write(fd, bytes, length);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    find_pwrite();
    int file = watched(fd);
    if (file) note_bytes(file, bytes, length);
    return real_pwrite(fd, bytes, length, at);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    find_pwrite64();
    int file = watched(fd);
    if (file) note_bytes(file, bytes, length);
    return real_pwrite64(fd, bytes, length, at);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    find_writev();
    if (count > 0) note_all_said(fd, parts, (size_t)count);
    return real_writev(fd, parts, count);
}

EXPORT int ftruncate(int fd, off_t length) {
    find_ftruncate();
    int file = watched(fd), result = real_ftruncate(fd, length), error = errno;
    if (file && !result) note(CUT, (uint64_t)file, (uint64_t)length, 0);
    errno = error;
    return result;
}

EXPORT int ftruncate64(int fd, off64_t length) {
    find_ftruncate64();
    int file = watched(fd), result = real_ftruncate64(fd, length), error = errno;
    if (file && !result) note(CUT, (uint64_t)file, (uint64_t)length, 0);
    errno = error;
    return result;
}

EXPORT ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    find_send();
    note_said(fd, bytes, length);
    return real_send(fd, bytes, length, flags);
}

EXPORT ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size) {
    find_sendto();
    note_said(fd, bytes, length);
    return real_sendto(fd, bytes, length, flags, to, size);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    find_sendmsg();
    note_all_said(fd, message->msg_iov, message->msg_iovlen);
    return real_sendmsg(fd, message, flags);
}
