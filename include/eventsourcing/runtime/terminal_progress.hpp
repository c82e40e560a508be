// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_TERMINAL_PROGRESS_HPP
#define EVENTSOURCING_RUNTIME_TERMINAL_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/following/rebuild.hpp>
#include <eventsourcing/runtime/observing/rebuild_text.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

struct TerminalProgressOptions {
    std::FILE* out = stderr;
    /// How wide the bar and its words may be: 0 for lines of their own. Unless it is given, `out`
    /// is asked each time, and has 0 if it is no terminal or a dumb one.
    std::optional<std::size_t> columns{};
};

/// Shows how far a rebuild has come, see `terminal_progress`. If it is destroyed before the rebuild
/// is done, it leaves a line that says how far that came.
class TerminalProgress {
public:
    explicit TerminalProgress(const TerminalProgressOptions& options) : options_(options) {}
    TerminalProgress(TerminalProgress&& other) noexcept
        : options_(other.options_),
          told_(std::exchange(other.told_, std::nullopt)),
          drawn_at_(other.drawn_at_),
          drawn_(other.drawn_) {}
    TerminalProgress& operator=(TerminalProgress&&) = delete;
    ~TerminalProgress() {
        if (told_)
            put(detail::RebuildText(*told_).given_up(), columns(), true);
    }

    void operator()(const RebuildProgress& so_far) {
        const std::size_t width = columns();
        if (so_far.done) {
            told_.reset();
            put(detail::RebuildText(so_far).done(), width, true);
            return;
        }
        told_ = so_far;
        if (!is_due(so_far.time, width))
            return;
        drawn_at_ = so_far.time;
        // nothing in the last column, where some terminals begin a new line
        put(detail::RebuildText(so_far).now(width == 0 ? 0 : width - 1), width, false);
    }

private:
    static constexpr std::chrono::nanoseconds each_bar = std::chrono::milliseconds(100);
    static constexpr std::chrono::nanoseconds each_line = std::chrono::minutes(1);

    [[nodiscard]] std::size_t columns() const {
        if (options_.columns)
            return *options_.columns;
        const char* const kind = std::getenv("TERM");
        const int file = ::fileno(options_.out);
        if (!kind || *kind == '\0' || std::string_view(kind) == "dumb" || ::isatty(file) != 1)
            return 0;
        ::winsize size{};
        return ::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    }
    /// The first bar is drawn at once, the first line only for a rebuild that takes its time.
    [[nodiscard]] bool is_due(std::chrono::nanoseconds time, std::size_t width) const {
        if (width == 0)
            return time - drawn_at_.value_or(std::chrono::nanoseconds::zero()) >= each_line;
        return !drawn_at_ || time - *drawn_at_ >= each_bar;
    }
    void put(std::string line, std::size_t width, bool last) {
        if (width != 0) {
            line = detail::first_columns(std::move(line), width - 1);
            const std::size_t now = detail::columns_of(line);
            const std::size_t before = std::min(drawn_, width - 1);
            const std::size_t rest = before > now ? before - now : 0;
            line = detail::joined({"\r", line, std::string(rest, ' ')});
            drawn_ = now;
        }
        if (width == 0 || last)
            line += '\n';
        static_cast<void>(std::fwrite(line.data(), 1, line.size(), options_.out));
        static_cast<void>(std::fflush(options_.out));
    }

    TerminalProgressOptions options_;
    /// The last that was told, unless the rebuild is done.
    std::optional<RebuildProgress> told_{};
    std::optional<std::chrono::nanoseconds> drawn_at_{};
    std::size_t drawn_ = 0;
};

/// For `Subscription::rebuild`: on a terminal a bar that is drawn at most ten times a second,
///
///     leaderboard  [########----] 4.1 M of 5.0 M, 310 k/s, 3 s left
///
/// elsewhere a line each minute, and on both a line at the end. All times are those of the
/// subscription's environment.
[[nodiscard]] inline TerminalProgress
terminal_progress(const TerminalProgressOptions& options = {}) {
    return TerminalProgress(options);
}

} // namespace eventsourcing

#endif
