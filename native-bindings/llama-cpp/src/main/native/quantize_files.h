// The files of a quantisation: what is to be made, the source's and the target's layout, and reading and writing them.
#pragma once

#include "ggml.h"
#include "gguf.h"
#include "llama.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace quantgate {

struct planned_tensor {
    std::string name;
    ggml_type   to;
};

inline std::vector<planned_tensor> parse_plan(const char * text) {
    std::vector<planned_tensor> plan;
    std::istringstream          lines(text);
    for (std::string line; std::getline(lines, line);) {
        const size_t space = line.find(' ');
        const int    type  = space == std::string::npos ? -1 : std::stoi(line);
        if (type < 0 || type >= GGML_TYPE_COUNT || ggml_blck_size(static_cast<ggml_type>(type)) == 0) {
            throw std::invalid_argument("plan: " + line + " (expected: a type's number and a tensor's name)");
        }
        plan.push_back({line.substr(space + 1), static_cast<ggml_type>(type)});
    }
    return plan;
}

struct gguf_deleter {
    void operator()(gguf_context * file) const { gguf_free(file); }
};
struct ggml_deleter {
    void operator()(ggml_context * context) const { ggml_free(context); }
};
using gguf_ptr = std::unique_ptr<gguf_context, gguf_deleter>;
using ggml_ptr = std::unique_ptr<ggml_context, ggml_deleter>;

class file {
public:
    file(const char * path, int flags) : fd(open(path, flags | O_CLOEXEC, 0644)) {
        if (fd < 0) {
            throw std::runtime_error(std::string("failed to open the file: ") + strerror(errno));
        }
    }
    ~file() { close(fd); }
    file(const file &) = delete;
    file & operator=(const file &) = delete;

    void read(void * to, size_t size, int64_t offset) const {
        transfer(static_cast<char *>(to), size, offset, [this](char * at, size_t n, off_t from) { return pread(fd, at, n, from); });
    }

    void write(const void * from, size_t size, int64_t offset) const {
        transfer(static_cast<const char *>(from), size, offset, [this](const char * at, size_t n, off_t to) { return pwrite(fd, at, n, to); });
    }

    void start_writeback(int64_t from, int64_t to) const {
        // Only a hint: what it does not write, fsync does.
        (void) sync_file_range(fd, from, to - from, SYNC_FILE_RANGE_WRITE);
    }

private:
    template <typename P, typename F> static void transfer(P at, size_t size, int64_t offset, F call) {
        while (size > 0) {
            const ssize_t done = call(at, size, offset);
            if (done < 0 && errno == EINTR) {
                continue;
            }
            if (done <= 0) {
                throw std::runtime_error(done == 0 ? "the file became shorter" : strerror(errno));
            }
            at += done;
            size -= static_cast<size_t>(done);
            offset += done;
        }
    }

    const int fd;
};

// The metadata of source and target.
class layout {
public:
    layout(const char * source, const std::vector<planned_tensor> & plan, llama_ftype ftype) {
        ggml_context * tensors = nullptr;
        in.reset(gguf_init_from_file(source, {/*no_alloc*/ true, &tensors}));
        meta.reset(tensors);
        if (!in || static_cast<size_t>(gguf_get_n_tensors(in.get())) != plan.size()) {
            throw std::runtime_error("the source changed while it was read");
        }
        out.reset(gguf_init_empty());
        gguf_set_kv(out.get(), in.get());
        gguf_set_val_u32(out.get(), "general.quantization_version", GGML_QNT_VERSION);
        gguf_set_val_u32(out.get(), "general.file_type", ftype);
        // The target is one file, and its tensors are aligned as llama.cpp does by default.
        for (const char * key : {"split.no", "split.count", "split.tensors.count", "general.alignment"}) {
            gguf_remove_key(out.get(), key);
        }
        for (const planned_tensor & tensor : plan) {
            const ggml_tensor * found = ggml_get_tensor(meta.get(), tensor.name.c_str());
            if (found == nullptr) {
                throw std::runtime_error("the source has no tensor " + tensor.name);
            }
            gguf_add_tensor(out.get(), found);
        }
        for (const planned_tensor & tensor : plan) {
            gguf_set_tensor_type(out.get(), tensor.name.c_str(), tensor.to);
        }
        header.resize(gguf_get_meta_size(out.get()));
        gguf_get_meta_data(out.get(), header.data());
    }

    const ggml_tensor & tensor(const planned_tensor & planned) const {
        return *ggml_get_tensor(meta.get(), planned.name.c_str());
    }

    int64_t source_offset(const planned_tensor & tensor) const {
        const auto id = gguf_find_tensor(in.get(), tensor.name.c_str());
        return static_cast<int64_t>(gguf_get_data_offset(in.get()) + gguf_get_tensor_offset(in.get(), id));
    }

    int64_t target_offset(size_t index) const {
        return static_cast<int64_t>(header.size() + gguf_get_tensor_offset(out.get(), static_cast<int64_t>(index)));
    }

    std::vector<uint8_t> header;

private:
    gguf_ptr in;
    gguf_ptr out;
    ggml_ptr meta;
};

} // namespace quantgate
