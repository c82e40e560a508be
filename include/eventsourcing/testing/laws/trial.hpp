// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_TRIAL_HPP
#define EVENTSOURCING_TESTING_LAWS_TRIAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/testing/laws/law_batch.hpp>
#include <eventsourcing/testing/laws/law_store.hpp>
#include <eventsourcing/testing/laws/witness.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

/// A record that outlives its page.
struct Seen {
    explicit Seen(const EventRecord& record)
        : id(record.id),
          stream(record.stream),
          revision(record.revision),
          position(record.position),
          recorded_at(record.recorded_at),
          type(record.type),
          version(record.version),
          content_type(record.content_type),
          data(record.data),
          metadata(record.metadata),
          tags(record.tags.begin(), record.tags.end()),
          source(record.source) {}

    Uuid id;
    std::string stream;
    Revision revision;
    std::optional<Position> position;
    Timestamp recorded_at;
    std::string type;
    std::string version;
    std::string content_type;
    std::string data;
    std::string metadata;
    std::vector<std::string> tags;
    std::string source;

    bool operator==(const Seen&) const = default;
};

inline void keep(const Page& page, std::vector<Seen>& all) {
    for (const EventRecord& record : page)
        all.emplace_back(record);
}

inline std::string number(std::size_t n) {
    return std::to_string(n);
}
inline std::string number(Revision revision) {
    return std::to_string(revision.value());
}
inline std::string text_of(const Receipt& receipt) {
    return "revisions " + number(receipt.first) + " to " + number(receipt.last) +
           (receipt.position ? " at position " + std::to_string(receipt.position->value()) : "");
}

/// The check of one law with a new store: what the law does with the store, and what it saw. For
/// one thread; what other threads saw is noted after they were joined.
class Trial : public Witness {
public:
    Trial(LawStore fresh_store, LawForm form_of_events, std::chrono::nanoseconds longest_wait)
        : store(std::move(fresh_store)),
          capabilities(store.capabilities()),
          form(form_of_events),
          patience(longest_wait) {}

    LawStore store;
    const Capabilities capabilities;
    const LawForm form;
    /// How long a call may wait that something else should end. A store that keeps the law needs
    /// none of it.
    const std::chrono::nanoseconds patience;

    // ---- appending ----------------------------------------------------------------------------

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected, const LawBatch& batch,
                           const AppendCondition& condition = {}, const CallOptions& call = {}) {
        return batch.in_form(form, [&](const auto& events) {
            return store.append(stream, expected, events, condition, call);
        });
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const LawBatch& batch,
                                     const CallOptions& call = {}) {
        return batch.in_form(
            form, [&](const auto& events) { return store.append_unchecked(stream, events, call); });
    }
    Result<Receipt> append_if(StreamNameView stream, const LawBatch& batch,
                              const AppendCondition& condition, const CallOptions& call = {}) {
        return batch.in_form(form, [&](const auto& events) {
            return store.append_if(stream, events, condition, call);
        });
    }
    /// One stream of an append to several; null for no events.
    struct StreamPart {
        StreamNameView stream;
        ExpectedRevision expected;
        const LawBatch* batch;
    };
    Result<std::vector<std::optional<Receipt>>> append_all(std::initializer_list<StreamPart> parts,
                                                           const CallOptions& call = {}) {
        std::deque<Batch<LawEvent>> typed; // a Batch does not move
        std::vector<StreamBatch> batches;
        for (const StreamPart& part : parts) {
            batches.push_back({part.stream, part.expected});
            if (!part.batch)
                continue;
            const LawBatch& batch = *part.batch;
            typed.emplace_back(batch.events, batch.ids, batch.recorded_at, &batch.metadata);
            auto bytes = typed.back().encoded();
            if (!bytes)
                return std::move(bytes).error();
            batches.back().batch =
                form == LawForm::typed ? EventBatch(typed.back()) : EventBatch(*bytes);
        }
        return store.append_all(batches, call);
    }
    /// Appends what the law needs before it is checked; false if that fails.
    bool given(StreamNameView stream, const LawBatch& batch) {
        return expect_done(append_unchecked(stream, batch), "append_unchecked");
    }

    // ---- reading ------------------------------------------------------------------------------

    /// All events of a stream, by however many pages.
    std::vector<Seen> stream_of(StreamNameView name, StreamRead which = {}) {
        std::vector<Seen> all;
        for (std::size_t pages = 0; expect(pages < most_pages, "reading a stream does not end");
             ++pages) {
            auto page = store.read_stream(name, which);
            if (!expect_done(page, "read_stream"))
                break;
            expect(page->records().size() <= which.limit, "a page of at most ", which.limit,
                   " records has ", page->records().size());
            keep(*page, all);
            if (page->at_end)
                break;
            which.from = page->next_revision;
            if (!expect(page->next_revision.has_value(),
                        "a page that is not the last does not say where the next one starts"))
                break;
        }
        return all;
    }

    /// All events of the store, by however many pages.
    std::vector<Seen> everything(AllRead which = {}) {
        std::vector<Seen> all;
        for (std::size_t pages = 0; expect(pages < most_pages, "reading the store does not end");
             ++pages) {
            auto page = store.read_all(which);
            if (!expect_done(page, "read_all"))
                break;
            expect(page->records().size() <= which.limit, "a page of at most ", which.limit,
                   " records has ", page->records().size());
            keep(*page, all);
            const bool moved = page->last_position > which.after;
            if (page->at_end)
                break;
            if (!expect(moved, "a page that is not the last does not move on"))
                break;
            which.after = page->last_position;
        }
        return all;
    }

    /// Where to read on after everything that is stored now.
    std::optional<Position> end_position() {
        AllRead which;
        for (std::size_t pages = 0; pages < most_pages; ++pages) {
            auto page = store.read_all(which);
            if (!expect_done(page, "read_all"))
                return {};
            which.after = page->last_position;
            if (page->at_end)
                break;
        }
        return which.after;
    }

    /// Expects that the stream has the events of these batches, in order, and nothing else.
    bool expect_stream(StreamNameView name, std::span<const LawBatch* const> batches) {
        std::vector<Uuid> ids;
        for (const LawBatch* batch : batches)
            ids.insert(ids.end(), batch->ids.begin(), batch->ids.end());
        const auto all = stream_of(name);
        if (!expect(all.size() == ids.size(), "stream ", name.view(), " has ", all.size(),
                    " events instead of ", ids.size()))
            return false;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (!expect(all[i].id == ids[i] && all[i].revision == Revision{i}, "event ", i,
                        " of stream ", name.view(), " is another one, or at revision ",
                        all[i].revision.value()))
                return false;
        return true;
    }
    bool expect_stream(StreamNameView name, std::initializer_list<const LawBatch*> batches) {
        return expect_stream(name, std::span(batches.begin(), batches.size()));
    }

private:
    static constexpr std::size_t most_pages = 10'000;
};

} // namespace eventsourcing::detail::laws

#endif
