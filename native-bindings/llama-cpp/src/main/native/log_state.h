// What runtime.cpp shares with quantize_plan.cpp about the log of the current thread.
#pragma once

#include "ggml.h"

#include <string>

namespace quantgate {

// Sees each raw piece of log text of its thread before it is joined into lines. May throw: the exception travels
// through the llama.cpp call that logged.
class log_listener {
public:
    virtual ~log_listener() = default;
    virtual void on_log(ggml_log_level level, const char * text) = 0;
};

// Installs a listener for the current thread as long as it lives.
class scoped_log_listener {
public:
    explicit scoped_log_listener(log_listener * listener);
    ~scoped_log_listener();
    scoped_log_listener(const scoped_log_listener &) = delete;
    scoped_log_listener & operator=(const scoped_log_listener &) = delete;

private:
    log_listener * previous;
};

// Holds back the log of the current thread as long as it lives, so that it can be dropped when it is of no interest.
class scoped_log_hold {
public:
    scoped_log_hold();
    ~scoped_log_hold();
    scoped_log_hold(const scoped_log_hold &) = delete;
    scoped_log_hold & operator=(const scoped_log_hold &) = delete;
};

void drop_held_log();

// Keeps a text result for qg_text and returns its size.
int64_t keep_text(std::string text);

} // namespace quantgate
