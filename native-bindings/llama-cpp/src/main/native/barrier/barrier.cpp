// The barrier between the operations of a graph, instead of ggml's, which spins until all threads have come, for however
// long that takes. Where a processor is taken away from one of them, the others then burn theirs, and with it the chance
// of the missing one to run: a step of 40 ms takes seconds beside a busy process. This one spins for a moment and sleeps.
//
// A library of its own, because it is loaded so that its name is found before ggml's.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <ctime>

namespace {

// Where ggml_threadpool of the pinned release keeps the number of threads (in the lower half), those that have arrived, and
// how often all had. The CPU variants agree on them.
constexpr size_t   GRAPH_OFFSET   = 0x68;
constexpr size_t   ARRIVED_OFFSET = 0x80;
constexpr size_t   PASSED_OFFSET  = 0xc0;
constexpr uint32_t THREADS_MASK   = 0xffff;

// Operations rarely differ by more between threads that both run: some 25 us.
constexpr int SPINS = 1000;

// Nobody is waited for longer without another look.
constexpr timespec LONGEST_SLEEP = {0, 2'000'000};

std::atomic<int> sleepers{0};

std::atomic<int32_t> & number(void * pool, size_t offset) {
    return *reinterpret_cast<std::atomic<int32_t> *>(static_cast<char *>(pool) + offset);
}

void futex(std::atomic<int32_t> & word, int operation, int32_t value, const timespec * limit) {
    syscall(SYS_futex, reinterpret_cast<int32_t *>(&word), operation, value, limit, nullptr, 0);
}

} // namespace

extern "C" __attribute__((visibility("default"))) void ggml_barrier(void * pool) {
    const auto n_threads = static_cast<int32_t>(number(pool, GRAPH_OFFSET).load(std::memory_order_relaxed) & THREADS_MASK);
    if (n_threads == 1) {
        return;
    }
    auto &        arrived = number(pool, ARRIVED_OFFSET);
    auto &        passed  = number(pool, PASSED_OFFSET);
    const int32_t before  = passed.load(std::memory_order_relaxed);
    if (arrived.fetch_add(1) == n_threads - 1) {
        arrived.store(0, std::memory_order_relaxed);
        passed.fetch_add(1);
        if (sleepers.load() > 0) {
            futex(passed, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr);
        }
        return;
    }
    for (int i = 0; i < SPINS; ++i) {
        if (passed.load() != before) {
            return;
        }
        __builtin_ia32_pause();
    }
    sleepers.fetch_add(1);
    while (passed.load() == before) {
        futex(passed, FUTEX_WAIT_PRIVATE, before, &LONGEST_SLEEP);
    }
    sleepers.fetch_sub(1);
}
