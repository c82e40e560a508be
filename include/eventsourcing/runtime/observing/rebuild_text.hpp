// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_REBUILD_TEXT_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_REBUILD_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/runtime/following/rebuild.hpp>
#include <eventsourcing/runtime/observing/plain_text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// How many columns a text takes: one for each code point.
inline std::size_t columns_of(std::string_view text) {
    return narrowed<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; // is the first of its code point
    }));
}
/// Its first columns.
inline std::string first_columns(std::string text, std::size_t columns) {
    std::size_t end = text.size();
    for (std::size_t left = columns_of(text); left > columns; --left)
        do
            --end;
        while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U);
    text.resize(end);
    return text;
}

/// A number for people in at most five characters: `950`, `4.1 M`, `310 k`. Nothing is rounded up.
inline std::string short_number(std::uint64_t number) {
    struct Unit {
        std::uint64_t size;
        std::string_view name;
    };
    static constexpr std::array<Unit, 4> units{
        {{1'000'000'000'000, " T"}, {1'000'000'000, " G"}, {1'000'000, " M"}, {1'000, " k"}}};
    for (const Unit& unit : units) {
        if (number < unit.size)
            continue;
        const std::uint64_t tenths = number / (unit.size / 10);
        return tenths < 100 ? joined({std::to_string(tenths / 10), ".", std::to_string(tenths % 10),
                                      unit.name})
                            : joined({std::to_string(tenths / 10), unit.name});
    }
    return std::to_string(number);
}

/// What is told of a rebuild, in words.
class RebuildText {
public:
    explicit RebuildText(const RebuildProgress& so_far)
        : name_(one_line(so_far.name)),
          time_(so_far.time) {
        const Position at = so_far.position.value_or(Position{});
        const Position head = std::max(so_far.head.value_or(Position{}), at); // others append
        if (so_far.head && head.value() > 0)
            part_ = static_cast<double>(at.value()) / static_cast<double>(head.value());
        numbered_ = so_far.head && at.prepare() == 0 && head.prepare() == 0;
        if (so_far.waits_for)
            waits_for_ = one_line(*so_far.waits_for);
        count_ = numbered_ ? at.value() : so_far.events;
        head_ = head.value();
    }

    /// `leaderboard  [########----] 4.1 M of 5.0 M, 310 k/s, 3 s left`. What is too much for the
    /// width is left out: the rate first, then the bar, then the time; a width of 0 is any width.
    [[nodiscard]] std::string now(std::size_t width) const {
        if (waits_for_) {
            std::string text = joined({name_, "  ", counts(), ", waits: ", *waits_for_});
            return width == 0 ? text : first_columns(std::move(text), width);
        }
        if (width == 0)
            return joined({name_, "  ", counts(), rate(), left()});
        const std::string name = joined({name_, "  "});
        for (const std::string& words :
             {joined({counts(), rate(), left()}), joined({counts(), left()})})
            if (part_ && columns_of(name) + columns_of(words) + 3 + least_bar <= width)
                return joined(
                    {name, bar(width - columns_of(name) - columns_of(words) - 3), " ", words});
        for (const std::string& words :
             {joined({counts(), rate(), left()}), joined({counts(), left()}), counts()})
            if (columns_of(name) + columns_of(words) <= width)
                return joined({name, words});
        return first_columns(joined({name, counts()}), width);
    }
    [[nodiscard]] std::string done() const {
        return joined({name_, "  rebuilt in ", time_text(time_), ": ", short_number(count_),
                       numbered_ ? " events read" : " events handled", rate()});
    }
    [[nodiscard]] std::string given_up() const {
        return joined({name_, "  not rebuilt, the old one stays: ended at ", counts(), " after ",
                       time_text(time_)});
    }

private:
    static constexpr std::size_t least_bar = 8;
    static constexpr std::size_t most_bar = 40;

    [[nodiscard]] std::string counts() const {
        if (numbered_)
            return joined({short_number(count_), " of ", short_number(head_)});
        const std::string events = joined({short_number(count_), " events"});
        if (!part_)
            return events;
        return joined({std::to_string(static_cast<unsigned>(*part_ * 100)), " %, ", events});
    }
    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(time_).count(); }
    [[nodiscard]] std::string rate() const {
        if (time_ <= std::chrono::nanoseconds::zero())
            return {};
        const double rate = static_cast<double>(count_) / seconds();
        return rate < 1e18 ? joined({", ", short_number(static_cast<std::uint64_t>(rate)), "/s"})
                           : std::string();
    }
    /// As long as it goes on as fast as it has gone so far.
    [[nodiscard]] std::string left() const {
        if (!part_ || *part_ <= 0 || time_ <= std::chrono::nanoseconds::zero())
            return {};
        const double left = seconds() * (1 - *part_) / *part_;
        constexpr double most = 1e9; // more than thirty years are no estimate
        return left < most ? joined({", ",
                                     time_text(std::chrono::seconds(
                                         static_cast<std::int64_t>(left) + (left > 0 ? 1 : 0))),
                                     " left"})
                           : std::string();
    }
    [[nodiscard]] std::string bar(std::size_t room) const {
        const std::size_t width = std::min(room, most_bar);
        const auto full =
            std::min(static_cast<std::size_t>(*part_ * static_cast<double>(width)), width);
        return joined({"[", std::string(full, '#'), std::string(width - full, '-'), "]"});
    }

    std::string name_;
    std::chrono::nanoseconds time_;
    std::optional<double> part_{};
    bool numbered_ = false;
    std::uint64_t count_ = 0;
    std::uint64_t head_ = 0;
    std::optional<std::string> waits_for_{};
};

} // namespace eventsourcing::detail

#endif
