// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_LAW_STORE_HPP
#define EVENTSOURCING_TESTING_LAWS_LAW_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/erased_store.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/testing/laws/law_batch.hpp>

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

/// The store under test, type-erased, so that the laws are compiled once for all stores. It
/// takes events in both forms, and can be copied as its own type is.
class LawStore {
public:
    template <EventStore S>
    [[nodiscard]] static LawStore of(S store) {
        return LawStore(std::make_unique<Of<S>>(std::move(store)));
    }

    /// A copy of the handle, as the store's own type copies it.
    [[nodiscard]] LawStore copy() const { return LawStore(inside_->copy()); }

    /// What it promises: what its type says or, for an `AnyStore`, the store inside.
    [[nodiscard]] const Capabilities& capabilities() const { return inside_->capabilities; }
    [[nodiscard]] const Verbs& verbs() const { return inside_->verbs; }

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) {
        return inside_->append(stream, expected, batch, condition, call);
    }
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const Batch<LawEvent>& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) {
        return inside_->append_typed(stream, &expected, batch, condition, call);
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) {
        return inside_->append_unchecked(stream, batch, call);
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const Batch<LawEvent>& batch,
                                     const CallOptions& call = {}) {
        return inside_->append_typed(stream, nullptr, batch, {}, call);
    }
    Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                              const AppendCondition& condition, const CallOptions& call = {}) {
        return inside_->append_if(stream, batch, condition, call);
    }
    Result<Receipt> append_if(StreamNameView stream, const Batch<LawEvent>& batch,
                              const AppendCondition& condition, const CallOptions& call = {}) {
        return inside_->append_typed(stream, nullptr, batch, condition, call);
    }
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call = {}) {
        return inside_->append_all(batches, call);
    }
    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const {
        return inside_->read_stream(stream, which, call);
    }
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const {
        return inside_->read_all(which, call);
    }
    [[nodiscard]] Result<Page> find_event(const Uuid& id, const CallOptions& call = {}) const {
        return inside_->find_event(id, call);
    }
    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call = {}) const {
        return inside_->head(call);
    }
    [[nodiscard]] Result<void> sync(Position position, const CallOptions& call = {}) const {
        return inside_->sync(position, call);
    }
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return inside_->wait_for_append(after, call);
    }
    [[nodiscard]] Result<Uuid> store_id() const { return inside_->store_id(); }
    [[nodiscard]] Environment environment() const { return inside_->environment(); }
    void close() { static_cast<void>(inside_->close()); }

private:
    /// What `AnyStore` holds, and appends of events as their own types.
    class Inside : public ErasedStore {
    public:
        using ErasedStore::ErasedStore;

        [[nodiscard]] virtual std::unique_ptr<Inside> copy() const = 0;
        /// `append`, `append_unchecked` or `append_if`: with an expectation, with neither, or with
        /// a condition alone.
        virtual Result<Receipt> append_typed(StreamNameView stream,
                                             const ExpectedRevision* expected,
                                             const Batch<LawEvent>& batch,
                                             const AppendCondition& condition,
                                             const CallOptions& call) = 0;
    };

    template <class S>
    class Of final : public ErasedStoreOf<S, Inside> {
    public:
        using ErasedStoreOf<S, Inside>::ErasedStoreOf;

        [[nodiscard]] std::unique_ptr<Inside> copy() const override {
            return std::make_unique<Of>(this->store);
        }
        Result<Receipt> append_typed(StreamNameView stream, const ExpectedRevision* expected,
                                     const Batch<LawEvent>& batch, const AppendCondition& condition,
                                     const CallOptions& call) override {
            if (expected)
                return this->store.append(stream, *expected, batch, condition, call);
            if constexpr (AppendsIf<S>)
                if (!condition.none())
                    return this->store.append_if(stream, batch, condition, call);
            return this->store.append_unchecked(stream, batch, call);
        }
    };

    explicit LawStore(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

    std::unique_ptr<Inside> inside_;
};

} // namespace eventsourcing::detail::laws

#endif
