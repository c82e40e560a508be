// SPDX-License-Identifier: MIT
// What an EventStoreDB keeps, and by which rules it takes events: the fake server without HTTP.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_FAKE_STREAMS_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_FAKE_STREAMS_HPP

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fake_esdb {

using Json = nlohmann::ordered_json;

struct Event {
    std::string id;
    std::string type;
    /// As the server stores it, which is not how it was sent.
    std::string data;
    std::string metadata;
    bool is_json = false;
    // given by the server
    std::string stream{};
    std::int64_t number = 0;
    std::string updated{};
};

/// Expected versions with a meaning of their own.
inline constexpr std::int64_t no_stream = -1;
inline constexpr std::int64_t any = -2;
inline constexpr std::int64_t stream_exists = -4;

struct Written {
    enum class Kind : std::uint8_t { done, wrong_version, deleted };

    Kind kind = Kind::done;
    /// The number of the first event, or the current version.
    std::int64_t number = 0;
};

/// Part of a stream, its events in ascending order.
struct Part {
    enum class Kind : std::uint8_t { found, missing, deleted };

    Kind kind = Kind::found;
    std::vector<std::shared_ptr<const Event>> events{};
    std::int64_t last = -1;
    std::int64_t next = -1;
    bool is_end = true;
};

/// All streams of one server. For one thread at a time.
class Streams {
public:
    static constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

    Written append(const std::string& name, std::int64_t expected, std::vector<Event> events) {
        Stream& stream = streams_[name];
        const auto current = static_cast<std::int64_t>(stream.events.size()) - 1;
        const auto refused = [&] { return Written{Written::Kind::wrong_version, current}; };
        if (stream.tombstoned)
            return {Written::Kind::deleted, 0};
        const bool soft_deleted = is_soft_deleted(name);
        if (expected == any || expected == stream_exists) {
            if (expected == stream_exists && (current < 0 || soft_deleted))
                return soft_deleted ? Written{Written::Kind::deleted, 0} : refused();
            if (const auto first = recently_written(name, events); first != unknown)
                return first == in_part ? refused() : Written{Written::Kind::done, first};
        } else if (expected < current) {
            for (std::size_t i = 0; i < events.size(); ++i) {
                const auto at = static_cast<std::size_t>(expected + 1) + i;
                if (at < stream.events.size() && stream.events[at]->id == events[i].id)
                    continue;
                if (i == 0 && expected == no_stream && soft_deleted)
                    return write(name, std::move(events), soft_deleted);
                return refused();
            }
            return {Written::Kind::done, expected + 1};
        } else if (expected > current) {
            return refused();
        }
        return write(name, std::move(events), soft_deleted);
    }

    /// `hard` permanently; otherwise until the next append.
    Written remove(const std::string& name, std::int64_t expected, bool hard) {
        Stream& stream = streams_[name];
        const auto current = static_cast<std::int64_t>(stream.events.size()) - 1;
        if (stream.tombstoned)
            return {Written::Kind::deleted, 0};
        if (expected != any && expected != current)
            return {Written::Kind::wrong_version, current};
        if (hard)
            tombstone(name, stream);
        else if (current >= 0)
            truncate(name, most);
        return {};
    }

    [[nodiscard]] Part forward(const std::string& name, std::int64_t from,
                               std::int64_t count) const {
        const auto stream = visible(name);
        if (stream.kind != Part::Kind::found)
            return stream;
        Part part{.last = stream.last};
        const auto first = stream.next; // of those that were not truncated
        const auto end = from > most - count ? most : from + count - 1;
        if (end < first) { // how far it is to the first one is not said
            part.next = end + 1;
            part.is_end = false;
            return part;
        }
        for (auto at = std::max(from, first); at <= std::min(end, part.last); ++at)
            part.events.push_back(event(name, at));
        part.is_end = end >= part.last;
        part.next = part.is_end ? part.last + 1 : end + 1;
        return part;
    }

    /// From the last event on where `from` is -1.
    [[nodiscard]] Part backward(const std::string& name, std::int64_t from,
                                std::int64_t count) const {
        const auto stream = visible(name);
        if (stream.kind != Part::Kind::found)
            return stream;
        Part part{.last = stream.last};
        const auto end = from < 0 ? part.last : from;
        const auto first = stream.next;
        auto begin = std::max<std::int64_t>(0, end - count + 1);
        part.is_end = begin <= first;
        begin = std::max(begin, first);
        for (auto at = begin; at <= std::min(end, part.last); ++at)
            part.events.push_back(event(name, at));
        part.next = part.is_end ? -1 : std::min(begin - 1, part.last);
        return part;
    }

    /// One event, -1 for the last one; null where there is none, or not any more.
    [[nodiscard]] std::shared_ptr<const Event> one(const std::string& name, std::int64_t at) const {
        const auto stream = visible(name);
        if (stream.kind != Part::Kind::found)
            return nullptr;
        at = at < 0 ? stream.last : at;
        return at < stream.next || at > stream.last ? nullptr : event(name, at);
    }

    /// The event that a link leads to, `2@stream`; null if there is none any more.
    [[nodiscard]] std::shared_ptr<const Event> target_of(const Event& link) const {
        const auto at = link.data.find('@');
        std::int64_t number = -1;
        const auto [stop, code] = std::from_chars(
            link.data.data(), link.data.data() + std::min(at, link.data.size()), number);
        if (at == std::string::npos || code != std::errc{} || number < 0)
            return nullptr;
        return one(link.data.substr(at + 1), number);
    }

    /// The current metadata of a stream, an empty object where there is none.
    [[nodiscard]] Json metadata(const std::string& name) const {
        const auto found = streams_.find("$$" + name);
        if (found == streams_.end() || found->second.events.empty())
            return Json::object();
        const Json read = Json::parse(found->second.events.back()->data, nullptr, false);
        return read.is_object() ? read : Json::object();
    }
    [[nodiscard]] bool is_tombstoned(const std::string& name) const {
        const auto found = streams_.find(name);
        return found != streams_.end() && found->second.tombstoned;
    }
    [[nodiscard]] std::int64_t last(const std::string& name) const {
        const auto found = streams_.find(name);
        return found == streams_.end() ? -1
                                       : static_cast<std::int64_t>(found->second.events.size()) - 1;
    }

    /// All events in the order in which they were written.
    [[nodiscard]] const std::vector<std::shared_ptr<const Event>>& log() const { return log_; }

    /// As a restart does: what was written lately is known no more.
    void forget_ids() { recent_.clear(); }

private:
    static constexpr std::int64_t unknown = -1;
    static constexpr std::int64_t in_part = -2;

    struct Stream {
        std::vector<std::shared_ptr<const Event>> events;
        bool tombstoned = false;
    };

    [[nodiscard]] const std::shared_ptr<const Event>& event(const std::string& name,
                                                            std::int64_t at) const {
        return streams_.find(name)->second.events[static_cast<std::size_t>(at)];
    }

    /// The weak check: the number of the first event where all of them were written lately.
    [[nodiscard]] std::int64_t recently_written(const std::string& name,
                                                const std::vector<Event>& events) const {
        std::int64_t first = unknown;
        for (const Event& event : events) {
            const auto found = recent_.find({name, event.id});
            if (found == recent_.end())
                return first == unknown ? unknown : in_part;
            first = first == unknown ? found->second : first;
        }
        return first;
    }

    Written write(const std::string& name, std::vector<Event> events, bool soft_deleted) {
        auto& stream = streams_[name].events;
        const auto first = static_cast<std::int64_t>(stream.size());
        for (Event& event : events) {
            event.stream = name;
            event.number = static_cast<std::int64_t>(stream.size());
            event.updated = "2026-11-23T04:11:07.91321" + std::to_string(log_.size() % 10) + "Z";
            recent_[{name, event.id}] = event.number;
            stream.push_back(std::make_shared<const Event>(std::move(event)));
            log_.push_back(stream.back());
        }
        if (soft_deleted)
            truncate(name, first);
        return {Written::Kind::done, first};
    }

    /// Leaves a mark in the log that can't be read.
    void tombstone(const std::string& name, Stream& stream) {
        stream.tombstoned = true;
        log_.push_back(std::make_shared<const Event>(
            Event{.id = "00000000-0000-4000-8000-" + std::to_string(200'000'000'000 + log_.size()),
                  .type = "$streamDeleted",
                  .data = {},
                  .metadata = {},
                  .stream = name,
                  .number = most,
                  .updated = "2026-11-23T04:11:07.913219Z"}));
    }

    void truncate(const std::string& name, std::int64_t before) {
        Json changed = metadata(name);
        changed["$tb"] = before;
        write(
            "$$" + name,
            {Event{.id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + log_.size()),
                   .type = "$metadata",
                   .data = changed.dump(),
                   .metadata = {},
                   .is_json = true}},
            false);
    }

    [[nodiscard]] static std::int64_t integer(const Json& object, const char* name) {
        const auto found = object.find(name);
        return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
    }
    [[nodiscard]] bool is_soft_deleted(const std::string& name) const {
        return integer(metadata(name), "$tb") == most;
    }

    /// Its kind, its last number, and as `next` the first one that was not truncated.
    [[nodiscard]] Part visible(const std::string& name) const {
        const auto found = streams_.find(name);
        if (found != streams_.end() && found->second.tombstoned)
            return {.kind = Part::Kind::deleted};
        const auto last_number = last(name);
        const Json about = metadata(name);
        const auto truncated = integer(about, "$tb");
        if (last_number < 0 || truncated == most)
            return {.kind = Part::Kind::missing};
        const auto keep = integer(about, "$maxCount");
        return {.last = last_number,
                .next = std::max({std::int64_t{0}, truncated,
                                  keep > 0 ? last_number - keep + 1 : std::int64_t{0}})};
    }

    std::map<std::string, Stream> streams_;
    std::vector<std::shared_ptr<const Event>> log_;
    std::map<std::pair<std::string, std::string>, std::int64_t> recent_;
};

} // namespace fake_esdb

#endif
