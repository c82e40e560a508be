// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_FILE_HPP
#define EVENTSOURCING_TOOL_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace eventsourcing::detail::tool {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

inline Error file_error(errc kind, const std::string& path, const char* what) {
    return {kind, joined({"file ", in_quotes(path, 256), " ", what, ": ",
                          std::generic_category().message(errno)})};
}

/// A file that did not exist before, and does not exist afterwards unless it is kept.
class NewFile {
public:
    static Result<NewFile> make(const std::string& path) {
        OpenFile file(std::fopen(path.c_str(), "wbx"));
        if (!file && errno == EEXIST)
            return Error(errc::not_found,
                         joined({"file ", in_quotes(path, 256),
                                 " can't be made: it is there already; name another one, or remove "
                                 "it if an export was interrupted"}));
        if (!file)
            return file_error(errc::not_found, path, "can't be made");
        return NewFile(path, std::move(file));
    }
    NewFile(NewFile&&) = default;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile() {
        if (file_)
            std::remove(path_.c_str());
    }

    [[nodiscard]] std::FILE* get() const { return file_.get(); }
    /// Brings it to the disk.
    Result<void> keep() {
        if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0)
            return file_error(errc::unavailable, path_, "can't be written");
        file_.reset();
        return {};
    }

private:
    NewFile(std::string path, OpenFile file) : path_(std::move(path)), file_(std::move(file)) {}

    std::string path_;
    OpenFile file_;
};

} // namespace eventsourcing::detail::tool

#endif
