// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_LAW_STORE_HPP
#define EVENTSOURCING_TESTING_LAWS_LAW_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/testing/laws/law_batch.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::laws {

/// The store under test, its type forgotten, so that the laws are compiled once for all stores. It
/// takes events in both forms, and can be copied as its own type is.
class LawStore {
public:
    template <EventStore S>
    [[nodiscard]] static LawStore of(S store) {
        return LawStore(std::make_unique<Of<S>>(std::move(store)));
    }

    /// A copy of the handle, as the store's own type copies it.
    [[nodiscard]] LawStore copy() const { return LawStore(inside_->copy()); }

    [[nodiscard]] const Capabilities& capabilities() const { return inside_->capabilities; }

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) {
        return inside_->append({stream, &expected, &condition, &call}, batch);
    }
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const Batch<LawEvent>& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) {
        return inside_->append({stream, &expected, &condition, &call}, batch);
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) {
        return inside_->append({stream, nullptr, nullptr, &call}, batch);
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const Batch<LawEvent>& batch,
                                     const CallOptions& call = {}) {
        return inside_->append({stream, nullptr, nullptr, &call}, batch);
    }
    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const {
        return inside_->read_stream(stream, which, call);
    }
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const {
        return inside_->read_all(which, call);
    }
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return inside_->wait_for_append(after, call);
    }
    [[nodiscard]] Result<Uuid> store_id() const { return inside_->store_id(); }
    [[nodiscard]] Environment environment() const { return inside_->environment(); }
    void close() { inside_->close(); }

private:
    /// An append; without an expectation if it is unchecked.
    struct Append {
        StreamNameView stream;
        const ExpectedRevision* expected;
        const AppendCondition* condition;
        const CallOptions* call;
    };

    struct Inside {
        explicit Inside(const Capabilities& its_capabilities) : capabilities(its_capabilities) {}
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        virtual ~Inside() = default;
        [[nodiscard]] virtual std::unique_ptr<Inside> copy() const = 0;
        virtual Result<Receipt> append(const Append& append, const EventBatch& batch) = 0;
        virtual Result<Receipt> append(const Append& append, const Batch<LawEvent>& batch) = 0;
        virtual Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                         const CallOptions& call) const = 0;
        virtual Result<Page> read_all(const AllRead& which, const CallOptions& call) const = 0;
        virtual Result<bool> wait_for_append(std::optional<Position> after,
                                             const CallOptions& call) const = 0;
        [[nodiscard]] virtual Result<Uuid> store_id() const = 0;
        [[nodiscard]] virtual Environment environment() const = 0;
        virtual void close() = 0;

        Capabilities capabilities;
    };

    template <class S>
    struct Of final : Inside {
        explicit Of(S its_store)
            : Inside(capabilities_of(its_store)),
              store(std::move(its_store)) {}

        /// What its type says or, for an `AnyStore`, the store inside.
        static Capabilities capabilities_of(const S& its_store) {
            if constexpr (requires { its_store.actual_capabilities(); })
                return its_store.actual_capabilities();
            else
                return S::capabilities;
        }

        [[nodiscard]] std::unique_ptr<Inside> copy() const override {
            return std::make_unique<Of>(store);
        }
        Result<Receipt> append(const Append& append, const EventBatch& batch) override {
            return send(append, batch);
        }
        Result<Receipt> append(const Append& append, const Batch<LawEvent>& batch) override {
            return send(append, batch);
        }
        template <class B>
        Result<Receipt> send(const Append& append, const B& batch) {
            if (append.expected)
                return store.append(append.stream, *append.expected, batch, *append.condition,
                                    *append.call);
            return store.append_unchecked(append.stream, batch, *append.call);
        }
        Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                 const CallOptions& call) const override {
            return store.read_stream(stream, which, call);
        }
        Result<Page> read_all(const AllRead& which, const CallOptions& call) const override {
            if constexpr (S::capabilities.global_order)
                return store.read_all(which, call);
            else
                return errc::unsupported;
        }
        Result<bool> wait_for_append(std::optional<Position> after,
                                     const CallOptions& call) const override {
            if constexpr (S::capabilities.wakes_readers)
                return store.wait_for_append(after, call);
            else
                return errc::unsupported;
        }
        [[nodiscard]] Result<Uuid> store_id() const override {
            if constexpr (HasStoreId<S>)
                return store.store_id();
            else
                return errc::unsupported;
        }
        [[nodiscard]] Environment environment() const override { return environment_of(store); }
        void close() override {
            if constexpr (requires { store.close(); })
                static_cast<void>(store.close());
        }

        S store;
    };

    explicit LawStore(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

    std::unique_ptr<Inside> inside_;
};

} // namespace eventsourcing::detail::laws

#endif
