/*
 * Stands between a relay's process and its disk, loaded with LD_PRELOAD: notes what reaches the disk and what
 * leaves by a socket, in the order in which it happens; holds or fails fsyncs and writes, lets the process die
 * before one of them, and keeps a journal from which a test can take back what was written and never synced.
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
 *   6        before which operation on a watched file (a write, an fsync, another length) the process dies; 0: never
 *   7        how many of these have begun
 *   8        how writes to watched files end: 0 well, 1 with ENOSPC, 2 after half of them, 3 first 2 and then 1
 *   9        1: after the fsync that failed, the next ones succeed
 *   10       1: fsyncs do nothing, and succeed: the journal says what was synced
 *   11       how many writes were refused or cut short
 *   8 f + 8  of file f: held (0 or 1), fsyncs begun, ended well, failed
 *   512 ...  events of 4 words: what, file or wing, a, b
 *
 * The journal, if PARTYWALL_DISK_JOURNAL names one, is a row of records of 4 words: what, file, a, b.
 *   1 a write is about to happen at a, of b bytes: length of the file before it, how many old bytes, these, the new ones
 *   2 the file is about to get the length a from b: the bytes that are cut off
 *   3 fsync a begins   4 fsync a ended well   5 the folder was synced   6 the file was there when the process began
 *
 * PARTYWALL_DISK_NO_RANDOMNESS has every request for 32 random bytes and more fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define HERE 0x4b53494450570001ull
#define ROOM (1u << 20) /* events */

enum { EVENTS = 1, FAIL_FROM = 2, COUNTED = 3, WHICH = 4, BEGUN = 5, FILES = 8, FIRST_EVENT = 512 };
enum { DIES_AT = 6, DONE = 7, WRITES = 8, ONCE = 9, PRETEND = 10, CUT_SHORT = 11 };
enum { UNDO_WRITE = 1, UNDO_CUT = 2, SYNC_BEGINS = 3, SYNC_ENDED = 4, FOLDER_SYNCED = 5, WAS_THERE = 6 };
enum { HELD = 0, FILE_BEGUN = 1, FILE_ENDED = 2, FILE_FAILED = 3 };
enum { FSYNC_BEGINS = 1, FSYNC_ENDED = 2, FSYNC_FAILED = 3, MARKED = 4, COMMITTED = 5, CUT = 6, ACCEPTED = 7, WRITTEN = 8 };
enum { NOTHING = 0, PEER = 1, PEER_LOG = 2, BUSINESS = 3, BUSINESS_LOG = 4, THE_FOLDER = 5 };

static _Atomic uint64_t *shared;
static char folder[4096];
static size_t folder_length;
static int journal = -1, no_randomness;
static pthread_mutex_t journal_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *const names[] = {"", "/peer.db", "/peer.db-wal", "/business.db", "/business.db-wal"};

#define REAL(result, name, ...)                                                                                        \
    static result (*real_##name)(__VA_ARGS__);                                                                         \
    static void find_##name(void) { if (!real_##name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name); }

REAL(int, fsync, int)
REAL(int, fdatasync, int)
REAL(ssize_t, write, int, const void *, size_t)
REAL(ssize_t, pwrite, int, const void *, size_t, off_t)
REAL(ssize_t, writev, int, const struct iovec *, int)
REAL(int, ftruncate, int, off_t)
REAL(ssize_t, send, int, const void *, size_t, int)
REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t)
REAL(ssize_t, sendmsg, int, const struct msghdr *, int)
REAL(ssize_t, getrandom, void *, size_t, unsigned int)

static void record(uint64_t what, uint64_t file, uint64_t a, uint64_t b) {
    uint64_t words[4] = {what, file, a, b};
    if (journal >= 0 && real_write(journal, words, sizeof words) < 0) abort();
}

/* The journal lies beside the folder; files that were there before need no fsync of the folder any more. */
static void begin_journal(void) {
    const char *path = getenv("PARTYWALL_DISK_JOURNAL");
    char file[4200];
    find_write();
    if (!path) return;
    journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    for (int each = 1; each < 5; each++) {
        memcpy(file, folder, folder_length);
        strcpy(file + folder_length, names[each]);
        if (!access(file, F_OK)) record(WAS_THERE, (uint64_t)each, 0, 0);
    }
}

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
    no_randomness = getenv("PARTYWALL_DISK_NO_RANDOMNESS") != NULL;
    begin_journal();
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

/* Which of the watched files this is, or the folder. */
static int watched_or_folder(int fd) {
    char link[32], path[4096];
    if (!shared) return NOTHING;
    int before = errno, digits = 0, number = fd, file = NOTHING;
    do digits++; while (number /= 10);
    memcpy(link, "/proc/self/fd/", 14);
    for (int at = 14 + digits - 1; at >= 14; at--, fd /= 10) link[at] = (char)('0' + fd % 10);
    link[14 + digits] = 0;
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < (ssize_t)folder_length || memcmp(path, folder, folder_length)) return NOTHING;
    if (length == (ssize_t)folder_length) return THE_FOLDER;
    path[length] = 0;
    for (int each = 1; each < 5; each++)
        if (!strcmp(path + folder_length, names[each])) file = each;
    return file;
}

static int watched(int fd) {
    int file = watched_or_folder(fd);
    return file == THE_FOLDER ? NOTHING : file;
}

/* One operation more on a watched file, if the process lives so long. */
static void operation(void) {
    uint64_t nth = atomic_fetch_add(&shared[DONE], 1) + 1, last = atomic_load(&shared[DIES_AT]);
    if (last && nth >= last) raise(SIGKILL);
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

/* Puts bytes of the file into the journal; those that it has. */
static void record_old(int fd, uint64_t at, size_t length) {
    unsigned char *old = malloc(length ? length : 1);
    ssize_t got = old ? pread(fd, old, length, (off_t)at) : -1;
    uint64_t had = got < 0 ? 0 : (uint64_t)got;
    if (real_write(journal, &had, sizeof had) < 0 || real_write(journal, old, (size_t)had) < 0) abort();
    free(old);
}

static uint64_t length_of(int fd) {
    struct stat is;
    return fstat(fd, &is) ? 0 : (uint64_t)is.st_size;
}

static ssize_t write_as_told(int file, int fd, const void *bytes, size_t length, off_t at) {
    uint64_t how = atomic_load(&shared[WRITES]);
    operation();
    if (how) atomic_fetch_add(&shared[CUT_SHORT], 1);
    if (how == 1 || (how == 3 && length < 2)) {
        errno = ENOSPC;
        return -1;
    }
    if (how == 3) atomic_store(&shared[WRITES], 1);
    if (how && length > 1) length /= 2;
    note_bytes(file, bytes, length);
    pthread_mutex_lock(&journal_lock);
    if (journal >= 0) {
        uint64_t before = length_of(fd);
        record(UNDO_WRITE, (uint64_t)file, (uint64_t)at, length);
        if (real_write(journal, &before, sizeof before) < 0) abort();
        record_old(fd, (uint64_t)at, length);
        if (real_write(journal, bytes, length) < 0) abort();
    }
    ssize_t result = real_pwrite(fd, bytes, length, at);
    int error = errno;
    pthread_mutex_unlock(&journal_lock);
    errno = error;
    return result;
}

static int cut(int fd, off_t length) {
    find_ftruncate();
    int file = watched(fd);
    if (!file) return real_ftruncate(fd, length);
    operation();
    pthread_mutex_lock(&journal_lock);
    uint64_t before = length_of(fd), after = (uint64_t)length;
    if (journal >= 0) {
        record(UNDO_CUT, (uint64_t)file, after, before);
        record_old(fd, after, before > after ? (size_t)(before - after) : 0);
    }
    int result = real_ftruncate(fd, length), error = errno;
    pthread_mutex_unlock(&journal_lock);
    if (!result) note(CUT, (uint64_t)file, after, 0);
    errno = error;
    return result;
}

static int sync_folder(int fd, int (*really)(int)) {
    int result = atomic_load(&shared[PRETEND]) ? 0 : really(fd), error = errno;
    pthread_mutex_lock(&journal_lock);
    if (!result) record(FOLDER_SYNCED, THE_FOLDER, 0, 0);
    pthread_mutex_unlock(&journal_lock);
    errno = error;
    return result;
}

static int sync_as_told(int fd, int (*really)(int)) {
    int file = watched_or_folder(fd);
    if (!file) return really(fd);
    if (file == THE_FOLDER) return sync_folder(fd, really);
    operation();
    _Atomic uint64_t *of = shared + 8 * file + FILES;
    uint64_t nth = atomic_fetch_add(&shared[BEGUN], 1) + 1;
    int fails = 0;
    note(FSYNC_BEGINS, (uint64_t)file, nth, 0);
    pthread_mutex_lock(&journal_lock);
    record(SYNC_BEGINS, (uint64_t)file, nth, 0);
    pthread_mutex_unlock(&journal_lock);
    atomic_fetch_add(&of[FILE_BEGUN], 1);
    while (atomic_load(&of[HELD])) nanosleep(&(struct timespec){0, 200000}, NULL);
    if (atomic_load(&shared[WHICH]) >> file & 1) {
        uint64_t from = atomic_load(&shared[FAIL_FROM]), counted = atomic_fetch_add(&shared[COUNTED], 1) + 1;
        fails = from && (atomic_load(&shared[ONCE]) ? counted == from : counted >= from);
    }
    int result = -1, error = EIO;
    if (!fails) {
        result = atomic_load(&shared[PRETEND]) ? 0 : really(fd);
        error = errno;
    }
    pthread_mutex_lock(&journal_lock);
    if (!result) record(SYNC_ENDED, (uint64_t)file, nth, 0);
    pthread_mutex_unlock(&journal_lock);
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
    if (fd == journal) return real_write(fd, bytes, length);
    if (watched(fd)) abort(); /* a database is written at places; this would not be seen */
    note_said(fd, bytes, length);
    return real_write(fd, bytes, length);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    find_pwrite();
    int file = watched(fd);
    return file ? write_as_told(file, fd, bytes, length, at) : real_pwrite(fd, bytes, length, at);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    find_pwrite();
    int file = watched(fd);
    return file ? write_as_told(file, fd, bytes, length, at) : real_pwrite(fd, bytes, length, at);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
    find_writev();
    if (count > 0) note_all_said(fd, parts, (size_t)count);
    return real_writev(fd, parts, count);
}

EXPORT int ftruncate(int fd, off_t length) { return cut(fd, length); }

EXPORT int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

EXPORT ssize_t getrandom(void *bytes, size_t length, unsigned int flags) {
    find_getrandom();
    if (!no_randomness || length < 32) return real_getrandom(bytes, length, flags);
    errno = EIO;
    return -1;
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
