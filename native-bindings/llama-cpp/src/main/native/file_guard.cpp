// Keeps the process alive when a model's file shrinks while it is mapped. Reading such a page raises SIGBUS, which ends a
// process: here the lost part of the mapping becomes zeros instead, and the file is marked as damaged for its users.
#include "quantgate.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>

namespace {

constexpr int    SLOTS    = 256;
constexpr size_t MAX_PATH = 1024;

// The handler may run at any moment, so everything it reads is complete before a slot is marked as used.
struct guarded_file {
    std::atomic<bool> used{false};
    std::atomic<bool> damaged{false};
    char              path[MAX_PATH];
    size_t            length = 0;
};

guarded_file     files[SLOTS];
std::mutex       files_mutex;
struct sigaction previous;

struct mapping {
    uintptr_t start = 0;
    uintptr_t end   = 0;
    char      path[MAX_PATH];
    size_t    length = 0;
};

// Reads "start-end perms offset device inode path" one byte at a time; only calls that signal handlers may make.
class maps_reader {
  public:
    maps_reader() : fd(open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) {}
    ~maps_reader() {
        if (fd >= 0) {
            close(fd);
        }
    }

    bool find(uintptr_t address, mapping & found) {
        int c = next();
        while (c >= 0) {
            found.start  = hex(c);
            c            = next();
            found.end    = hex(c);
            found.length = 0;
            bool in_path = false;
            while ((c = next()) >= 0 && c != '\n') {
                in_path = in_path || c == '/';
                if (in_path && found.length < MAX_PATH) {
                    found.path[found.length++] = static_cast<char>(c);
                }
            }
            if (found.start <= address && address < found.end) {
                return true;
            }
            c = next();
        }
        return false;
    }

  private:
    int     fd;
    char    buffer[512];
    ssize_t size = 0;
    ssize_t at   = 0;

    int next() {
        if (at == size) {
            do {
                size = fd < 0 ? 0 : read(fd, buffer, sizeof buffer);
            } while (size < 0 && errno == EINTR);
            at = 0;
            if (size <= 0) {
                size = 0;
                return -1;
            }
        }
        return static_cast<unsigned char>(buffer[at++]);
    }

    uintptr_t hex(int c) {
        uintptr_t value = 0;
        for (; c >= 0; c = next()) {
            if (c >= '0' && c <= '9') {
                value = value * 16 + static_cast<uintptr_t>(c - '0');
            } else if (c >= 'a' && c <= 'f') {
                value = value * 16 + static_cast<uintptr_t>(c - 'a' + 10);
            } else {
                break;
            }
        }
        return value;
    }
};

// The kernel appends " (deleted)" to the path of a file that has no name any more.
bool is_of(const mapping & map, const guarded_file & file) {
    static const char deleted[] = " (deleted)";
    if (map.length < file.length || memcmp(map.path, file.path, file.length) != 0) {
        return false;
    }
    size_t rest = map.length - file.length;
    return rest == 0 || (rest == sizeof deleted - 1 && memcmp(map.path + file.length, deleted, rest) == 0);
}

// Pages behind a lost page are lost as well: the file ends before it.
bool patch(void * address) {
    auto    at = reinterpret_cast<uintptr_t>(address);
    mapping map;
    if (!maps_reader().find(at, map)) {
        return false;
    }
    bool guarded = false;
    for (auto & file : files) {
        if (file.used.load(std::memory_order_acquire) && is_of(map, file)) {
            file.damaged.store(true, std::memory_order_release);
            guarded = true;
        }
    }
    if (!guarded) {
        return false;
    }
    uintptr_t page = at & ~(static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)) - 1);
    return mmap(reinterpret_cast<void *>(page), map.end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
            != MAP_FAILED;
}

void on_bus_error(int signal, siginfo_t * info, void * context) {
    int  saved   = errno;
    bool patched = info->si_code == BUS_ADRERR && patch(info->si_addr);
    errno        = saved;
    if (patched) {
        return;
    }
    // The JVM's own handler knows its mapped buffers.
    if ((previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr) {
        previous.sa_sigaction(signal, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal);
    } else {
        sigaction(signal, &previous, nullptr); // the fault comes again and ends the process
    }
}

void install() {
    if (sigaction(SIGBUS, nullptr, &previous) != 0) {
        throw std::runtime_error("the handler of SIGBUS cannot be read");
    }
    struct sigaction ours = previous;
    ours.sa_flags         = (previous.sa_flags & ~static_cast<int>(SA_RESETHAND)) | SA_SIGINFO | SA_ONSTACK;
    ours.sa_sigaction     = on_bus_error;
    if (sigaction(SIGBUS, &ours, nullptr) != 0) {
        throw std::runtime_error("the handler of SIGBUS cannot be set");
    }
}

} // namespace

extern "C" {

int32_t qg_file_guard(const char * path) {
    char * real = realpath(path, nullptr);
    if (real == nullptr) {
        throw std::runtime_error("failed to open the model's file");
    }
    std::string name(real);
    free(real);
    if (name.size() >= MAX_PATH) {
        throw std::runtime_error("the path of the model's file is too long");
    }
    std::lock_guard<std::mutex> lock(files_mutex);
    static bool                 installed = (install(), true);
    (void) installed;
    for (int32_t i = 0; i < SLOTS; i++) {
        guarded_file & file = files[i];
        if (!file.used.load(std::memory_order_relaxed)) {
            memcpy(file.path, name.data(), name.size());
            file.length = name.size();
            file.damaged.store(false, std::memory_order_relaxed);
            file.used.store(true, std::memory_order_release);
            return i;
        }
    }
    throw std::runtime_error("too many model files are open at once");
}

bool qg_file_guard_damaged(int32_t guard) {
    return files[guard].damaged.load(std::memory_order_acquire);
}

void qg_file_guard_drop_pages(int32_t guard) {
    const std::string path(files[guard].path, files[guard].length);
    std::ifstream     maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        unsigned long start = 0;
        unsigned long end   = 0;
        const size_t  at    = line.find('/');
        if (at != std::string::npos && line.compare(at, std::string::npos, path) == 0
            && sscanf(line.c_str(), "%lx-%lx", &start, &end) == 2) {
            (void) madvise(reinterpret_cast<void *>(start), end - start, MADV_DONTNEED);
        }
    }
}

void qg_file_guard_release(int32_t guard) {
    std::lock_guard<std::mutex> lock(files_mutex);
    files[guard].used.store(false, std::memory_order_release);
}

} // extern "C"
