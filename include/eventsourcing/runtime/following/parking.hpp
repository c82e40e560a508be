// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_PARKING_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_PARKING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

inline constexpr std::string_view stream_line = "stream ";

/// The line of events whose key is not known, because they can't be read: those of their stream.
inline std::string line_of_stream(std::string_view stream) {
    return joined({stream_line, stream});
}

/// The keys that have parked events, and what the next commit adds to them. A later event of such a
/// key is parked after it, so that no key has a hole.
class Parking {
public:
    /// Reads the keys that have parked events. If that fails, it knows those that it knew before.
    template <class Keeper>
    Result<void> load(const Keeper& keeper, const ProgressKey& key, const CallOptions& call) {
        staged_.clear();
        std::map<std::string, Line, std::less<>> lines;
        std::optional<std::string> after;
        for (;;) {
            auto parked = keeper.load_parked(
                key, after ? std::optional<std::string_view>(*after) : std::nullopt, max_page_size,
                call);
            if (!parked)
                return std::move(parked).error();
            for (const ParkedEvent& event : *parked) {
                Line& line = lines[event.key];
                if (line.next == 0) {
                    line.since = event.parked_at;
                    line.attempts = event.attempts;
                }
                line.next = event.sequence + 1;
                line.last = event.event_id;
            }
            if (parked->size() < max_page_size) {
                lines_ = std::move(lines);
                is_read_ = true;
                return {};
            }
            after = parked->back().key;
        }
    }

    /// The parked events of one key.
    template <class Keeper>
    Result<std::vector<ParkedEvent>> line(const Keeper& keeper, const ProgressKey& progress,
                                          const std::string& key, const CallOptions& call) const {
        const auto found = lines_.find(key);
        if (found == lines_.end())
            return Error(errc::not_found, joined({progress.name, ": no events of key ",
                                                  in_quotes(key), " are parked"}));
        // all events of the first key after the one before
        std::optional<std::string_view> before;
        if (found != lines_.begin())
            before = std::prev(found)->first;
        return keeper.load_parked(progress, before, 1, call);
    }

    /// Whether it has been read which keys have parked events.
    [[nodiscard]] bool is_read() const { return is_read_; }
    [[nodiscard]] bool holds(std::string_view key) const {
        return lines_.find(key) != lines_.end();
    }
    template <class F>
    void for_each_key(F& f) const {
        for (const auto& [key, line] : lines_)
            f(key, line.since, line.attempts);
    }
    [[nodiscard]] std::size_t keys() const { return lines_.size(); }

    /// The same with those of which it was decided, and is not stored yet, that an event is parked.
    [[nodiscard]] std::size_t keys_with_decided() const {
        std::set<std::string_view> more;
        for (const Decision& decision : decisions_)
            if (decision.failure && !holds(decision.key))
                more.insert(decision.key);
        return keys() + more.size();
    }

    /// Whether the key that was asked for last has parked events.
    [[nodiscard]] bool holds_asked() const { return holds(asked_); }
    /// Asks for a key without an event.
    void ask(std::string_view key) { asked_ = key; }
    /// Whether it was decided already what becomes of the event, for the key that was asked for
    /// last.
    [[nodiscard]] bool has_decided(const EventRecord& record) const {
        return std::any_of(decisions_.begin(), decisions_.end(), [&](const Decision& decision) {
            return decision.event_id == record.id && decision.key == asked_;
        });
    }
    /// Decides that an event is left out, or parked with this failure, for the key that was asked
    /// for last.
    void decide(const EventRecord& record, std::optional<std::string> failure) {
        if (failure)
            failure = failure_text(*std::move(failure));
        decisions_.push_back({asked_, record.id, std::move(failure)});
    }

    /// Whether the event is not to be handled for this key: because it was decided so, or because
    /// earlier events of the key are parked.
    [[nodiscard]] bool passes(std::string_view key, const EventRecord& record, Timestamp now) {
        asked_ = key;
        return passes_decided(record, now);
    }
    /// The same for the line of its stream, while its key is not known.
    [[nodiscard]] bool passes_stream(const EventRecord& record, Timestamp now) {
        asked_ = stream_line;
        asked_ += record.stream;
        return passes_decided(record, now);
    }

    /// The same for the key that was asked for last.
    [[nodiscard]] bool passes_decided(const EventRecord& record, Timestamp now) {
        for (const Decision& decision : decisions_)
            if (decision.event_id == record.id && decision.key == asked_) {
                if (decision.failure)
                    park(asked_, record, decision.failure, now);
                return true;
            }
        if (!holds(asked_))
            return false;
        park(asked_, record, std::nullopt, now);
        return true;
    }

    /// The event waits at the end of this line for something that is not in it.
    void wait(std::string_view key, const EventRecord& record, Timestamp now) {
        asked_ = key;
        park(asked_, record, std::nullopt, now);
    }

    /// What the next commit stores.
    [[nodiscard]] const std::vector<ParkedEvent>& staged() const { return staged_; }
    void committed() {
        staged_.clear();
        undo_.clear();
        decisions_.clear();
    }
    /// Forgets what is not stored, but not the decisions.
    void roll_back() {
        for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) {
            if (it->line)
                lines_[it->key] = *it->line;
            else
                lines_.erase(it->key);
        }
        undo_.clear();
        staged_.clear();
    }
    /// The line of this key is empty.
    void remove(const std::string& key) { lines_.erase(key); }

private:
    /// What becomes of an event that failed, until it is stored: it is handled once more with what
    /// came before it.
    struct Decision {
        std::string key;
        Uuid event_id;
        /// Nothing for one that is left out.
        std::optional<std::string> failure;
    };
    struct Line {
        std::uint64_t next = 0;
        Uuid last{};
        Timestamp since{};
        std::uint64_t attempts = 0; // of the first one, as it was read
    };
    struct Undo {
        std::string key;
        std::optional<Line> line;
    };

    /// Adds the event to the end of the line of its key.
    void park(std::string_view key, const EventRecord& record, std::optional<std::string> failure,
              Timestamp now) {
        auto stream = StreamName::parse(record.stream);
        if (!stream)
            return; // no store has such an event
        auto [line, is_new] = lines_.try_emplace(std::string(key));
        if (!is_new && line->second.last == record.id)
            return;
        undo_.push_back({line->first, is_new ? std::nullopt : std::optional(line->second)});
        const std::uint64_t attempts = failure ? 1 : 0;
        staged_.push_back({.key = line->first,
                           .sequence = line->second.next,
                           .stream = *std::move(stream),
                           .revision = record.revision,
                           .position = record.position,
                           .event_id = record.id,
                           .failure = std::move(failure),
                           .attempts = attempts,
                           .parked_at = now});
        if (is_new)
            line->second.since = now;
        ++line->second.next;
        line->second.last = record.id;
    }

    bool is_read_ = false;
    std::string asked_;
    std::map<std::string, Line, std::less<>> lines_;
    std::vector<ParkedEvent> staged_;
    std::vector<Undo> undo_;
    std::vector<Decision> decisions_;
};

} // namespace eventsourcing::detail

#endif
