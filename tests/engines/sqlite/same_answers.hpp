// SPDX-License-Identifier: MIT
// Says what a store answers as text, so that the answers of two stores can be compared.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_SAME_ANSWERS_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_SAME_ANSWERS_HPP

#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace same_answers {

namespace es = eventsourcing;
using es::detail::joined;

/// The same numbers each time, with every standard library.
class Chance {
public:
    explicit Chance(std::uint32_t seed) : numbers_(seed) {}

    std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(numbers_() % end); }
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    template <class T, class... Ts>
    T any_of(const T& first, const Ts&... more) {
        const std::vector<T> all{first, T(more)...};
        return all[below(static_cast<std::uint32_t>(all.size()))];
    }

private:
    std::mt19937 numbers_;
};

inline std::string text(std::uint64_t value) {
    return std::to_string(value);
}
inline std::string text(bool value) {
    return value ? "yes" : "no";
}
inline std::string text(const std::string& value) {
    return es::detail::in_quotes(value, 100);
}
inline std::string text(const es::StreamName& value) {
    return value.str();
}
inline std::string text(const es::Uuid& value) {
    return value.to_string();
}
inline std::string text(es::Revision value) {
    return joined({"r", std::to_string(value.value())});
}
inline std::string text(es::Position value) {
    return joined({"p", std::to_string(value.value()), "/", std::to_string(value.prepare())});
}
inline std::string text(es::Timestamp value) {
    return value.to_string();
}
inline std::string text(const es::ProgressFailure& failure);
inline std::string text(const es::Progress& progress);
inline std::string text(const es::Receipt& receipt);
inline std::string text(const es::Snapshot& snapshot);
template <class T>
std::string text(const std::optional<T>& value) {
    return value ? text(*value) : "nothing";
}
inline std::string text(const es::Receipt& receipt) {
    return joined({text(receipt.first), "-", text(receipt.last), " ", text(receipt.position)});
}
inline std::string text(const es::EventRecord& record) {
    std::string out = joined({text(record.id), " ", record.stream, " ", text(record.revision), " ",
                              text(record.position), " ", text(record.recorded_at), " ",
                              record.type, " ", record.version, " ", record.content_type, " "});
    out += joined({record.data, " ", record.metadata, " ", record.source});
    for (const std::string_view tag : record.tags)
        out += joined({" #", tag});
    return out + "\n";
}
inline std::string text(const es::Page& page) {
    std::string out;
    for (const es::EventRecord& record : page)
        out += text(record);
    return out;
}
inline std::string text(const es::ProgressFailure& failure) {
    return joined({failure.message, " ", text(failure.stream), " ", text(failure.revision), " ",
                   text(failure.since), " ", text(failure.attempts)});
}
inline std::string text(const es::Progress& progress) {
    const es::Checkpoint& at = progress.checkpoint;
    return joined({text(at.store_id), " ", text(at.position), " ", text(at.event_id), " ",
                   text(progress.owner), " ", text(progress.fence), " ", progress.status, " ",
                   text(progress.failure)});
}
inline std::string text(const std::pair<es::ProgressKey, es::Progress>& of) {
    return joined({of.first.name, " ", of.first.fingerprint, " ", text(of.first.rebuild), " ",
                   text(of.second)});
}
inline std::string text(const es::RowCommit& row) {
    return joined({text(row.key), " ", text(row.data)});
}
inline std::string text(const es::ParkedEvent& event) {
    return joined({text(event.key), " ", text(event.sequence), " ", event.stream.view(), " ",
                   text(event.revision), " ", text(event.position), " ", text(event.event_id), " ",
                   text(event.failure), " ", text(event.attempts), " ", text(event.parked_at)});
}
inline std::string text(const es::Snapshot& snapshot) {
    return joined({snapshot.stream.view(), " ", snapshot.kind, " ", snapshot.fingerprint, " ",
                   text(snapshot.revision), " ", text(snapshot.event_id), " ",
                   text(snapshot.data)});
}
template <class T>
std::string text(const std::vector<T>& values) {
    std::string out;
    for (const T& value : values)
        out += joined({text(value), "\n"});
    return out;
}
inline std::string text(const es::Error& error) {
    std::string out = joined({"error ", std::to_string(static_cast<int>(error.kind()))});
    if (error.outcome() == es::Outcome::unknown)
        out += ", outcome unknown";
    if (const es::Conflict* const conflict = error.conflict())
        out += joined({", conflict of ", conflict->stream, ", expected ",
                       es::detail::describe(conflict->expected), ", there is ",
                       text(conflict->actual)});
    if (const es::DuplicateId* const twice = es::duplicate_id(error))
        out += joined(
            {", twice ", text(twice->id), " in ", twice->stream, " ", text(twice->revision)});
    // a store names any one of the events that match, and itself
    for (const es::errc kind :
         {es::errc::condition_failed, es::errc::closed, es::errc::cancelled, es::errc::timed_out})
        if (error == kind)
            return out;
    return joined({out, ": ", error.message()});
}
inline std::string text(const es::Result<void>& result) {
    return result ? "done" : text(result.error());
}
template <class T>
std::string text(const es::Result<T>& result) {
    return result ? text(*result) : text(result.error());
}

/// All pages from here on.
template <class Store>
std::string read_to_end(const Store& store, es::StreamNameView stream, es::StreamRead which,
                        const es::CallOptions& call) {
    std::string out;
    for (;;) {
        const auto page = store.read_stream(stream, which, call);
        if (!page)
            return out + text(page.error());
        out += text(*page);
        if (page->at_end)
            return joined({out, "then ", text(page->next_revision)});
        if (!page->next_revision || page->next_revision == which.from)
            return out + "does not get on";
        which.from = page->next_revision;
    }
}
template <class Store>
std::string read_to_end(const Store& store, es::AllRead which, const es::CallOptions& call) {
    std::string out;
    for (;;) {
        const auto page = store.read_all(which, call);
        if (!page)
            return out + text(page.error());
        out += text(*page);
        if (page->at_end)
            return joined({out, "then ", text(page->last_position)});
        if (page->last_position == which.after)
            return out + "does not get on";
        which.after = page->last_position;
    }
}

} // namespace same_answers

#endif
