// SPDX-License-Identifier: MIT
#ifndef TOOL_WRITTEN_HPP
#define TOOL_WRITTEN_HPP

#include <cstdio>
#include <cstdlib>
#include <string>

/// A file in memory, and what was written to it.
class Written {
public:
    Written() : file_(::open_memstream(&bytes_, &size_)) {}
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    ~Written() {
        std::fclose(file_);
        std::free(bytes_);
    }

    [[nodiscard]] std::FILE* file() const { return file_; }
    [[nodiscard]] std::string text() const {
        std::fflush(file_);
        return {bytes_, size_};
    }

private:
    char* bytes_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* file_;
};

#endif
