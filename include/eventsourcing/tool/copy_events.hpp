// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_COPY_EVENTS_HPP
#define EVENTSOURCING_TOOL_COPY_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/following/delivery.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eventsourcing::detail::tool {

/// Brings all events of a store into another one, as they are stored and in their order. Reads the
/// first store twice: before it appends anything it checks that what the other one has already at
/// the same revisions is the same. So it can be repeated, and goes on where an earlier one ended.
class EventCopy {
public:
    EventCopy(const AnyStore& from, const AnyStore& to) : from_(from), to_(to) {}

    Result<void> run() {
        auto done = for_each_run([this](Records records) { return check(records); });
        if (!done)
            return std::move(done).error().within("copy, nothing was appended");
        done = for_each_run([this](Records records) { return append(records); });
        if (!done)
            return std::move(done).error().within(
                joined({"copy, ended after ", std::to_string(appended_), " events"}));
        return {};
    }
    /// How many events there are.
    [[nodiscard]] std::uint64_t events() const { return events_; }
    /// How many of them were appended; the others were there already.
    [[nodiscard]] std::uint64_t appended() const { return appended_; }

private:
    using Records = std::span<const EventRecord>;

    /// Calls `f` with events of one stream that follow each other.
    template <class F>
    Result<void> for_each_run(F f) const {
        for (AllRead next;;) {
            auto page = from_.read_all(next);
            if (!page)
                return std::move(page).error();
            const Records all(page->records().data(), page->records().size());
            for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
                while (end < all.size() && all[end].stream == all[begin].stream &&
                       all[end].revision.value() == all[begin].revision.value() + (end - begin))
                    ++end;
                if (auto done = f(all.subspan(begin, end - begin)); !done)
                    return done;
            }
            if (page->at_end)
                return {};
            next.after = page->last_position;
        }
    }

    static std::string place(const EventRecord& record) {
        return joined(
            {"stream ", record.stream, " revision ", std::to_string(record.revision.value())});
    }

    Result<void> check(Records records) {
        auto stream = StreamName::parse(records.front().stream);
        if (!stream)
            return std::move(stream).error();
        auto known = stored_.find(records.front().stream);
        if (known == stored_.end()) {
            auto page = to_.read_stream(*stream, {.direction = Direction::backward, .limit = 1});
            if (!page)
                return std::move(page).error();
            const std::uint64_t stored =
                page->empty() ? 0 : page->records().front().revision.value() + 1;
            if (const auto first = records.front().revision.value(); first > stored)
                return Error(errc::conflict,
                             joined({place(records.front()),
                                     ": the stream begins with it, and the "
                                     "other store has ",
                                     std::to_string(stored), " events of the stream"}));
            known = stored_.emplace(std::string(records.front().stream), stored).first;
        }
        return compare(*stream, records, known->second);
    }
    /// Compares events below the revision `stored`.
    Result<void> compare(const StreamName& stream, Records records, std::uint64_t stored) const {
        for (std::size_t i = 0; i < records.size() && records[i].revision.value() < stored;) {
            auto page =
                to_.read_stream(stream, {.from = records[i].revision, .limit = records.size() - i});
            if (!page)
                return std::move(page).error();
            if (page->empty())
                return differs(records[i]);
            for (const EventRecord& there : *page) {
                if (i == records.size())
                    break;
                const EventRecord& here = records[i++];
                if (there.revision != here.revision || there.id != here.id ||
                    there.recorded_at != here.recorded_at ||
                    !same_content(there, new_event_of(here)))
                    return differs(here);
            }
        }
        return {};
    }
    static Error differs(const EventRecord& record) {
        return {errc::conflict,
                joined({place(record), ": the other store has another event there than ",
                        record.id.to_string(),
                        ": copy into a store that is empty, or has other streams"})};
    }

    Result<void> append(Records records) {
        events_ += records.size();
        const auto known = stored_.find(records.front().stream);
        const std::uint64_t stored = known == stored_.end() ? 0 : known->second;
        const std::uint64_t first = records.front().revision.value();
        const std::uint64_t there = stored > first ? stored - first : 0;
        if (there >= records.size())
            return {};
        std::vector<NewEvent> events;
        for (const EventRecord& record : records.subspan(there))
            events.push_back(new_event_of(record));
        auto stream = StreamName::parse(records.front().stream);
        if (!stream)
            return std::move(stream).error();
        const auto expected = first + there == 0
                                  ? ExpectedRevision::no_stream()
                                  : ExpectedRevision::exactly(Revision(first + there - 1));
        auto receipt = to_.append(*stream, expected, EventBatch(std::span<const NewEvent>(events)));
        if (!receipt)
            return std::move(receipt).error();
        appended_ += events.size();
        return {};
    }

    const AnyStore& from_;
    const AnyStore& to_;
    /// How many events of each stream the other store had before.
    TextMap<std::uint64_t> stored_{};
    std::uint64_t events_ = 0;
    std::uint64_t appended_ = 0;
};

} // namespace eventsourcing::detail::tool

#endif
