// SPDX-License-Identifier: MIT
// A store that is watched, and into which a test can cut in.
#ifndef EVENTSOURCING_TESTS_RUNTIME_WATCHED_STORE_HPP
#define EVENTSOURCING_TESTS_RUNTIME_WATCHED_STORE_HPP

#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace runtime_tests {

namespace es = eventsourcing;

/// What was asked of a store, and what a test does before and after an append.
struct Watch {
    std::size_t records_read = 0;
    std::size_t events_asked = 0;
    std::vector<es::AllRead> reads{};
    std::vector<es::AppendCondition> conditions{};
    /// Called before each `append_if` and `append_all`, with its number from 1.
    std::function<void(std::size_t)> before_append{};
    std::size_t appends = 0;
    /// The answers of so many appends are lost: they are done, and their outcome is unknown.
    int lost_answers = 0;
    /// So many appends are not done, and their outcome is unknown.
    int lost_appends = 0;
};

/// Does what the store inside does. Not for several threads.
template <class S>
class WatchedStore {
public:
    static constexpr es::Capabilities capabilities = S::capabilities;

    // not of what converts to an `AnyStore`, as this does
    template <std::same_as<S> Inside>
    explicit WatchedStore(Inside inside) : inside_(std::move(inside)) {}

    Watch& watch() const { return *watch_; }
    [[nodiscard]] auto actual_capabilities() const
        requires requires(const S& store) { store.actual_capabilities(); }
    {
        return inside_.actual_capabilities();
    }
    [[nodiscard]] es::Verbs actual_verbs() const
        requires requires(const S& store) { store.actual_verbs(); }
    {
        return inside_.actual_verbs();
    }

    template <es::detail::AnyBatch B>
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const B& batch, const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        return inside_.append(stream, expected, batch, condition, call);
    }
    template <es::detail::AnyBatch B>
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const B& batch,
                                             const es::CallOptions& call = {}) const {
        return inside_.append_unchecked(stream, batch, call);
    }
    template <es::detail::AnyBatch B>
    es::Result<es::Receipt> append_if(es::StreamNameView stream, const B& batch,
                                      const es::AppendCondition& condition,
                                      const es::CallOptions& call = {}) const {
        watch_->conditions.push_back(condition);
        return cut_in<es::Result<es::Receipt>>(
            [&] { return inside_.append_if(stream, batch, condition, call); });
    }
    auto append_all(std::span<const es::StreamBatch> batches,
                    const es::CallOptions& call = {}) const
        requires es::AppendsAll<S>
    {
        return cut_in<es::Result<std::vector<std::optional<es::Receipt>>>>(
            [&] { return inside_.append_all(batches, call); });
    }
    es::Result<es::Page> read_stream(es::StreamNameView stream, const es::StreamRead& which = {},
                                     const es::CallOptions& call = {}) const {
        return counted(inside_.read_stream(stream, which, call));
    }
    es::Result<es::Page> read_all(const es::AllRead& which = {},
                                  const es::CallOptions& call = {}) const {
        watch_->reads.push_back(which);
        return counted(inside_.read_all(which, call));
    }
    es::Result<es::Page> find_event(const es::Uuid& id, const es::CallOptions& call = {}) const {
        ++watch_->events_asked;
        return inside_.find_event(id, call);
    }
    es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                     const es::CallOptions& call = {}) const {
        return inside_.wait_for_append(after, call);
    }

private:
    template <class Answer, class Append>
    Answer cut_in(const Append& append) const {
        ++watch_->appends;
        if (watch_->before_append)
            watch_->before_append(watch_->appends);
        if (watch_->lost_appends > 0) {
            --watch_->lost_appends;
            return es::Error(es::errc::unknown_outcome);
        }
        auto done = append();
        if (done && watch_->lost_answers > 0) {
            --watch_->lost_answers;
            return es::Error(es::errc::unknown_outcome);
        }
        return done;
    }
    es::Result<es::Page> counted(es::Result<es::Page> page) const {
        if (page)
            watch_->records_read += page->records().size();
        return page;
    }

    S inside_;
    std::shared_ptr<Watch> watch_ = std::make_shared<Watch>();
};

template <class S>
WatchedStore(S) -> WatchedStore<S>;

} // namespace runtime_tests

#endif
