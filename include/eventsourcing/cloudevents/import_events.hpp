// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_IMPORT_EVENTS_HPP
#define EVENTSOURCING_CLOUDEVENTS_IMPORT_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/exported_event.hpp>
#include <eventsourcing/cloudevents/exported_file.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/explain_opened.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace eventsourcing {

/// What `import_events` has done.
struct Imported {
    /// How many events the file has; all of them are in the store.
    std::uint64_t events = 0;
    /// How many of them were appended; the others were stored already.
    std::uint64_t appended = 0;
};

namespace detail {

/// Brings the events of a file into a store. Reads the file twice: the first time it only checks.
template <class Store>
class Importer {
public:
    Importer(ExportedFile file, Store& store, const CallOptions& call)
        : file_(file),
          store_(store),
          environment_(environment_of(store)),
          call_(call.begun(environment_)) {}

    Result<Imported> run() {
        auto events = file_.read([this](const ExportedRun& run) { return check(run); });
        if (!events)
            return std::move(events).error().within("import, nothing was appended");
        done_.events = *events;
        std::uint64_t passed = 0;
        events = file_.read([&](const ExportedRun& run) {
            auto done = append(run);
            if (done)
                passed += run.events.size();
            return done;
        });
        if (!events)
            return std::move(events).error().within("import, ended after " +
                                                    std::to_string(passed) + " of " +
                                                    std::to_string(done_.events) + " events");
        return done_;
    }

private:
    /// A stream that the file has.
    struct Stream {
        /// How many events of it were in the store before the import.
        std::uint64_t stored;
        /// The next revision in the file.
        std::uint64_t next;
    };

    /// Checks that the file is consistent, and that events that are stored already are the same.
    Result<void> check(const ExportedRun& run) {
        if (auto go_on = check_call(call_, environment_); !go_on)
            return go_on;
        const auto events = views(run.events);
        if (auto good = check_batch(events); !good)
            return good;
        auto stream = stream_of(run.events.front());
        if (!stream)
            return std::move(stream).error();
        for (const ExportedEvent& event : run.events)
            if (event.revision != (*stream)->next++)
                return Error(errc::malformed,
                             event_place(event.stream.view(), Revision(event.revision)) +
                                 ": expected revision " + std::to_string((*stream)->next - 1));
        return compare(run.events, events, (*stream)->stored);
    }

    /// How far the file and the store are with the stream of the next event.
    Result<Stream*> stream_of(const ExportedEvent& event) {
        const auto [found, is_new] = streams_.try_emplace(event.stream.str());
        Stream& stream = found->second;
        if (!is_new)
            return &stream;
        auto page =
            store_.read_stream(event.stream, {.direction = Direction::backward, .limit = 1}, call_);
        if (!page)
            return std::move(page).error();
        stream.stored = page->empty() ? 0 : page->records().front().revision.value() + 1;
        stream.next = event.revision;
        if (event.revision > stream.stored)
            return Error(errc::conflict,
                         event_place(event.stream.view(), Revision(event.revision)) +
                             ": the file begins with it, but in the store the stream has " +
                             std::to_string(stream.stored) + " events");
        return &stream;
    }

    /// Checks that events below the revision `stored` are the same in the store as in the file.
    Result<void> compare(const std::vector<ExportedEvent>& events, std::span<const NewEvent> views,
                         std::uint64_t stored) const {
        for (std::size_t i = 0; i < events.size() && events[i].revision < stored;) {
            auto page = store_.read_stream(
                events[i].stream,
                {.from = Revision(events[i].revision), .limit = events.size() - i}, call_);
            if (!page)
                return std::move(page).error();
            if (page->empty())
                return differs(events[i]);
            for (const EventRecord& record : *page) {
                if (i == events.size())
                    break;
                if (record.revision.value() != events[i].revision || record.id != views[i].id ||
                    record.recorded_at != views[i].recorded_at || !same_content(record, views[i]))
                    return differs(events[i]);
                ++i;
            }
        }
        return {};
    }

    static Error differs(const ExportedEvent& event) {
        return {errc::conflict,
                event_place(event.stream.view(), Revision(event.revision)) +
                    ": the store has another event there than the file, which has " +
                    event.id.to_string() +
                    ": import into a store that is empty, or has other streams"};
    }

    Result<void> append(const ExportedRun& run) {
        if (auto go_on = check_call(call_, environment_); !go_on)
            return go_on;
        const auto known = streams_.find(run.events.front().stream.str());
        const std::uint64_t stored = known == streams_.end() ? 0 : known->second.stored;
        const std::uint64_t first = run.events.front().revision;
        const std::uint64_t there = stored > first ? stored - first : 0;
        if (there >= run.events.size())
            return {};
        const auto events = views(run.events).subspan(there);
        const auto expected = first + there == 0
                                  ? ExpectedRevision::no_stream()
                                  : ExpectedRevision::exactly(Revision(first + there - 1));
        auto receipt =
            store_.append(run.events.front().stream, expected, EventBatch(events), {}, call_);
        if (!receipt)
            return std::move(receipt).error();
        done_.appended += events.size();
        return {};
    }

    /// Valid until the next call.
    std::span<const NewEvent> views(const std::vector<ExportedEvent>& events) {
        views_.clear();
        tags_.resize(events.size());
        for (std::size_t i = 0; i < events.size(); ++i)
            views_.push_back(events[i].view(tags_[i]));
        return views_;
    }

    ExportedFile file_;
    Store& store_;
    const Environment environment_;
    const CallOptions call_;
    Imported done_{};
    std::unordered_map<std::string, Stream> streams_{};
    std::vector<NewEvent> views_{};
    std::vector<std::vector<std::string_view>> tags_{};
};

} // namespace detail

/// Brings the events of a file that `export_events` wrote into a store, from the file's current
/// place to its end: with their ids, times, revisions, metadata, tags and sources, and in their
/// order. They get positions of this store.
///
/// The file is read twice, so it can't be a pipe. Before it appends, it checks count and checksum
/// (`malformed`), and that events which the store has already at their revision are the same
/// (`conflict`); these stay as they are. So an import can be repeated, and goes on where an earlier
/// one ended; the message says where. Streams that are not in the file make no difference.
///
/// One append has the events of one stream that follow each other, 500 at most. Memory: an entry
/// for each stream, and one append.
///
/// Other errors: `unsupported` for a pipe, `unavailable` if the file can't be read, `invalid` for
/// an event that no store takes, and those of reading and appending.
template <EventStore Store>
[[nodiscard]] Result<Imported> import_events(std::FILE* in, Store& store,
                                             const CallOptions& call = {}) {
    auto file = detail::ExportedFile::open(in);
    if (!file)
        return std::move(file).error();
    return detail::guarded_append(
        "the store", [&] { return detail::Importer<Store>(*file, store, call).run(); });
}

/// Does not compile: says that a `Result` has to be checked first.
template <detail::ResultOfOpening R>
Result<Imported> import_events(std::FILE* in, R&& store, const CallOptions& call = {}) {
    return import_events(in, detail::opened(store), call);
}

} // namespace eventsourcing

#endif
