// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SCHEMA_LOCK_FILE_HPP
#define EVENTSOURCING_TESTING_SCHEMA_LOCK_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/schema_text.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/sha256.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// A lock file is a schema text, perhaps with a line `folds`, and a last line with a digest of all
// before it. Lines are told from each other by what is in them: empty ones, spaces at their ends
// and how they end count for nothing.

namespace eventsourcing::detail::schema {

class File {
public:
    File(const std::string& path, const char* mode) : file_(std::fopen(path.c_str(), mode)) {}
    ~File() { close(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    explicit operator bool() const { return file_ != nullptr; }
    std::FILE* get() { return file_; }
    /// False if something that was written did not reach the file.
    bool close() { return file_ == nullptr || std::fclose(std::exchange(file_, nullptr)) == 0; }

private:
    std::FILE* file_;
};

inline Error file_error(const std::string& path, std::string_view what) {
    const int code = errno;
    return {code == ENOENT ? errc::not_found : errc::unavailable,
            joined({path, ": ", what, ": ", std::generic_category().message(code)})};
}

/// A text without what editors and version control add and remove: a byte order mark, empty lines,
/// spaces and carriage returns at the ends of lines, a newline at its end.
inline std::string tidied(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::size_t size = line.find_last_not_of(" \t\r") + 1;
        if (size > 0)
            (out += line.substr(0, size)) += '\n';
    }
    return out;
}

/// The text of a file, tidied.
inline Result<std::string> read_file(const std::string& path) {
    errno = 0;
    File file(path, "rb");
    if (!file)
        return file_error(path, "can't be opened");
    std::string text;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), file.get()))
        text.append(buffer, size);
    if (std::ferror(file.get()) != 0)
        return file_error(path, "can't be read");
    return tidied(text);
}

/// Replaces the file as a whole, or leaves it as it is.
inline Result<void> write_file(const std::string& path, std::string_view text) {
    const std::string beside = path + ".new";
    errno = 0;
    File file(beside, "wb");
    if (!file)
        return file_error(path, "can't be written (does its folder exist?)");
    const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
    if (!file.close() || !written || std::rename(beside.c_str(), path.c_str()) != 0) {
        Error error = file_error(path, "can't be written");
        std::remove(beside.c_str());
        return error;
    }
    return {};
}

inline std::string end_line(std::string_view text) {
    return joined({"end ", std::string_view(Sha256().add(text).hex()).substr(0, 16), "\n"});
}

/// Whether a line of a tidied text begins so.
inline bool holds_line(std::string_view text, std::string_view begin) {
    return text.starts_with(begin) || text.find(joined({"\n", begin})) != std::string_view::npos;
}

/// The text of a lock file, tidied and without its last line. Errors are `malformed` and say what
/// to do; `anew` is the call that writes the file.
inline Result<std::string> read_lock(const std::string& path, const std::string& anew) {
    auto text = read_file(path);
    if (!text) {
        if (text.error() != errc::not_found)
            return std::move(text).error();
        return Error(errc::not_found,
                     joined({path,
                             ": there is no such file in the folder in which this program "
                             "runs; write it once with ",
                             anew, ", and put it under version control"}));
    }
    const auto malformed = [&](std::string_view what) {
        return Error(errc::malformed, joined({path, ": ", what,
                                              "; restore it from version "
                                              "control, or write it again with ",
                                              anew, " and look at what has changed"}));
    };
    if (text->empty())
        return malformed("it is empty");
    if (holds_line(*text, "<<<<<<<") || holds_line(*text, ">>>>>>>"))
        return malformed("it holds the marks of a merge conflict");
    if (!text->starts_with(schema_heading) || text->find('\n') != schema_heading.size())
        return malformed(
            joined({"it is no schema lock that this version of the library reads: it begins with ",
                    in_quotes(std::string_view(*text).substr(0, text->find('\n'))), ", expected ",
                    in_quotes(schema_heading)}));
    const std::size_t end = text->rfind("\nend ");
    if (end == std::string::npos)
        return malformed("it is cut off: expected `end` and a digest as its last line");
    const std::string last = text->substr(end + 1);
    if (last.find('\n') + 1 != last.size())
        return malformed("it goes on after its end: expected `end` and a digest as its last line");
    text->resize(end + 1);
    const std::string expected = end_line(*text);
    if (last.size() < expected.size())
        return malformed("it is cut off in its last line, which is `end` and a digest");
    if (last != expected)
        return malformed("it is damaged, or was changed by hand: its last line is not the digest "
                         "of the others");
    return text;
}

} // namespace eventsourcing::detail::schema

#endif
