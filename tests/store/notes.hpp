// SPDX-License-Identifier: MIT
// Events to store, and short ways to append and read them.
#ifndef EVENTSOURCING_TESTS_STORE_NOTES_HPP
#define EVENTSOURCING_TESTS_STORE_NOTES_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/event_store.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace notes {

namespace es = eventsourcing;

struct Written {
    std::string text;
    bool operator==(const Written&) const = default;
};
struct Counted {
    std::uint64_t number = 0;
    bool operator==(const Counted&) const = default;
};
struct Filed {
    std::string drawer;
    bool operator==(const Filed&) const = default;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"drawer:" + drawer}; }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "notes", .source = "events://example.org/notes", .version = "1.0"};
}

using Note = std::variant<Written, Counted, Filed>;

/// Events with all that a batch of them needs. A copy is a retry.
template <class Event = Note>
struct Notes {
    explicit Notes(std::vector<Event> these) : events(std::move(these)) {
        for (std::size_t i = 0; i < events.size(); ++i)
            ids.push_back(es::Environment{}.new_id());
    }

    std::vector<Event> events;
    std::vector<es::Uuid> ids;
    es::Timestamp recorded_at = es::Timestamp::from_unix(1'767'225'600, 123'456'789);
    es::Metadata metadata{};
    std::vector<std::string> tags{};

    [[nodiscard]] es::Batch<Event> batch() const {
        return es::Batch<Event>(events, ids, recorded_at, &metadata, tags);
    }
};

inline Notes<> one(std::string text = "a note") {
    return Notes<>({Written{std::move(text)}});
}

inline es::ExpectedRevision at(std::uint64_t last) {
    return es::ExpectedRevision::exactly(es::Revision{last});
}
inline constexpr es::ExpectedRevision no_stream = es::ExpectedRevision::no_stream();

/// `type data` of each event of a stream.
template <class Store>
std::vector<std::string> told(const Store& store, es::StreamNameView stream) {
    std::vector<std::string> all;
    const auto page = store.read_stream(stream, {.limit = 4096});
    if (!page)
        return {page.error().message()};
    for (const auto& record : *page)
        all.push_back(std::string(record.type) + " " + std::string(record.data));
    return all;
}

using Lines = std::vector<std::string>;

} // namespace notes

#endif
