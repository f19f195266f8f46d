/*
 * Makes a quick disk a slow one: every fsync waits for so many microseconds before it begins. Loaded with LD_PRELOAD.
 * Knows: a number. Never knows: which file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_first(void) {
    const char *said = getenv("PARTYWALL_FSYNC_MICROSECONDS");
    long wait = said ? atol(said) : 0;
    struct timespec time = {wait / 1000000, wait % 1000000 * 1000};
    nanosleep(&time, NULL);
}

int fsync(int file) {
    static int (*next)(int);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "fsync");
    wait_first();
    return next(file);
}

int fdatasync(int file) {
    static int (*next)(int);
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, "fdatasync");
    wait_first();
    return next(file);
}
