// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_EXPORTED_FILE_HPP
#define EVENTSOURCING_CLOUDEVENTS_EXPORTED_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/exported_event.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Lines of a file, of bounded length.
class LineReader {
public:
    /// More than the line of the largest event.
    static constexpr std::size_t max_line = 4 * max_event_size;

    explicit LineReader(std::FILE* file) : file_(file) {}

    /// The next line without its end, valid until the next call; nothing at the end of the file.
    Result<std::optional<std::string_view>> next() {
        for (std::size_t looked_at = begin_;;) {
            const std::size_t end = buffer_.find('\n', looked_at);
            if (end != buffer_.npos) {
                const auto line = std::string_view(buffer_).substr(begin_, end - begin_);
                begin_ = end + 1;
                return std::optional(line);
            }
            if (buffer_.size() - begin_ > max_line)
                return Error(errc::malformed, "it is longer than any event is; this is not a file "
                                              "that export_events wrote");
            buffer_.erase(0, std::exchange(begin_, 0));
            looked_at = buffer_.size();
            constexpr std::size_t chunk = 64 * 1024;
            buffer_.resize(looked_at + chunk);
            const std::size_t got = std::fread(buffer_.data() + looked_at, 1, chunk, file_);
            const int code = errno;
            buffer_.resize(looked_at + got);
            if (got > 0)
                continue;
            if (std::ferror(file_) != 0)
                return Error(errc::unavailable,
                             "the file can't be read: " + std::generic_category().message(code));
            if (!buffer_.empty())
                return Error(errc::malformed, "it has no end: the file was cut off");
            return std::optional<std::string_view>();
        }
    }

private:
    std::FILE* file_;
    std::string buffer_;
    std::size_t begin_ = 0;
};

/// Lines that follow each other and are of one stream.
struct ExportedRun {
    std::uint64_t first_line = 0;
    std::vector<ExportedEvent> events;
};

/// A file that `export_events` wrote, which can be read several times.
class ExportedFile {
public:
    [[nodiscard]] static Result<ExportedFile> open(std::FILE* file) {
        ExportedFile made(file);
        if (std::fgetpos(file, &made.begin_) != 0)
            return Error(errc::unsupported, "import: expected a file that can be read twice, got a "
                                            "pipe or similar: write it into a file first");
        made.past_start_ = std::ftell(file) > 0;
        return made;
    }

    /// Reads it from the start to its end; `take(const ExportedRun&)` gets the events in their
    /// order. Returns how many there are, if count and checksum agree with the last line.
    template <class Take>
    [[nodiscard]] Result<std::uint64_t> read(Take take) {
        if (std::fsetpos(file_, &begin_) != 0)
            return Error(errc::unavailable, "the file can't be read from its start");
        LineReader lines(file_);
        Sha256 sum;
        ExportedRun run;
        std::size_t run_bytes = 0;
        std::string first_source;
        const auto hand_over = [&]() -> Result<void> {
            if (run.events.empty())
                return {};
            auto taken = take(std::as_const(run));
            if (!taken)
                return std::move(taken).error().within("line " + std::to_string(run.first_line));
            run.events.clear();
            run_bytes = 0;
            return {};
        };
        for (std::uint64_t events = 0;; ++events) {
            const auto in_line = [&](Error error) {
                return std::move(error).within("line " + std::to_string(events + 1));
            };
            auto line = lines.next();
            if (!line)
                return in_line(std::move(line).error());
            if (!*line && events == 0 && past_start_)
                return Error(errc::malformed, "the file is at its end, where nothing is left to "
                                              "read: rewind it before it is imported (again)");
            if (!*line)
                return in_line({errc::malformed, "expected one more, the file was cut off"});
            auto cloud_event = decode_cloud_event(**line, {.event_size = LineReader::max_line});
            if (!cloud_event)
                return in_line(std::move(cloud_event).error());
            if (events == 0)
                first_source = cloud_event->source();
            if (cloud_event->type() == export_end_type && !cloud_event->subject()) {
                if (auto whole = check_end(**line, cloud_event->source(), first_source, events,
                                           sum.hex(), lines);
                    !whole)
                    return in_line(std::move(whole).error());
                if (auto taken = hand_over(); !taken)
                    return std::move(taken).error();
                return events;
            }
            sum.add(**line).add("\n");
            auto event = ExportedEventReader(*cloud_event).read();
            if (!event)
                return in_line(std::move(event).error());
            const std::size_t bytes = (*line)->size();
            if (!run.events.empty() &&
                (run.events.back().stream != event->stream ||
                 run.events.size() >= default_page_size || run_bytes + bytes > max_event_size))
                if (auto taken = hand_over(); !taken)
                    return std::move(taken).error();
            if (run.events.empty())
                run.first_line = events + 1;
            run.events.push_back(*std::move(event));
            run_bytes += bytes;
        }
    }

private:
    explicit ExportedFile(std::FILE* file) : file_(file) {}

    static Result<void> check_end(std::string_view line, std::string_view source,
                                  std::string_view first_source, std::uint64_t events,
                                  const std::string& sha256, LineReader& lines) {
        const auto expected = export_end(source, events, sha256);
        if (!expected)
            return expected.error();
        const auto older = export_end(first_source, events, sha256, ExportForm::older);
        if (line != *expected && (!older || line != *older))
            return Error(errc::malformed, "the file was altered: it has " + std::to_string(events) +
                                              " events with the SHA-256 " + sha256 +
                                              ", which is not what its last line says: " +
                                              detail::in_quotes(line, 512));
        auto more = lines.next();
        if (more && !*more)
            return {};
        return Error(errc::malformed, "expected the end of the file after its last line, got more");
    }

    std::FILE* file_;
    std::fpos_t begin_{};
    bool past_start_ = false;
};

} // namespace eventsourcing::detail

#endif
