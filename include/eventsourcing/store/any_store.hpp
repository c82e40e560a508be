// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ANY_STORE_HPP
#define EVENTSOURCING_STORE_ANY_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/event_store.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// Any event store, its type forgotten: for programs that choose theirs at run time.
///
/// Its type has every function that a store can have, and promises only what every store keeps. A
/// function that the store inside lacks returns `errc::unsupported`; `actual_capabilities()` says
/// in advance what it can do and what it promises. It takes batches as bytes, so a memory store
/// inside makes JSON, too.
///
/// A handle: copies share the store inside. All functions may be called from several threads at
/// once, as with any store.
class AnyStore {
public:
    static constexpr Capabilities capabilities{.expected_revision = true,
                                               .conditions = true,
                                               .global_order = true,
                                               .wakes_readers = true,
                                               .keeps_bytes = false};

    template <class S>
        requires(!std::same_as<S, AnyStore> && EventStore<S>)
    AnyStore(S store) : inside_(std::make_shared<Of<S>>(std::move(store))) {}
    // A copy instead of a move: every handle has a store.
    AnyStore(const AnyStore&) = default;
    AnyStore& operator=(const AnyStore&) = default;
    ~AnyStore() = default;

    /// The type of the store inside, `SqliteStore`.
    [[nodiscard]] std::string_view name() const { return inside_->name; }
    /// What the store inside can do.
    [[nodiscard]] const Capabilities& actual_capabilities() const { return inside_->capabilities; }

    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        if (!condition.none() && !inside_->capabilities.conditions)
            return inside_->unsupported("check append conditions (conditions)");
        return inside_->append(stream, expected, batch, condition, call);
    }
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return inside_->append_unchecked(stream, batch, call);
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
    /// The id of the store inside; `unsupported` if it has none.
    [[nodiscard]] Result<Uuid> store_id() const { return inside_->store_id(); }
    /// Closes the store inside; `unsupported` if it can't be closed.
    Result<void> close() const { return inside_->close(); }

private:
    struct Inside {
        Inside(std::string_view its_name, const Capabilities& its_capabilities)
            : name(its_name),
              capabilities(its_capabilities) {}
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        virtual ~Inside() = default;

        virtual Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                                       const EventBatch& batch, const AppendCondition& condition,
                                       const CallOptions& call) = 0;
        virtual Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                                 const CallOptions& call) = 0;
        virtual Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                         const CallOptions& call) const = 0;
        virtual Result<Page> read_all(const AllRead& which, const CallOptions& call) const = 0;
        virtual Result<bool> wait_for_append(std::optional<Position> after,
                                             const CallOptions& call) const = 0;
        [[nodiscard]] virtual Result<Uuid> store_id() const = 0;
        virtual Result<void> close() = 0;

        /// What messages about an exception of the store name.
        static constexpr const char* inside = "the store inside";

        [[nodiscard]] Error unsupported(const char* what) const {
            return {errc::unsupported, std::string(name) + " can't " + what +
                                           "; AnyStore::actual_capabilities() says what it can do"};
        }

        std::string_view name;
        Capabilities capabilities;
    };

    template <class S>
    struct Of final : Inside {
        explicit Of(S its_store)
            : Inside(detail::type_name<S>(), S::capabilities),
              store(std::move(its_store)) {}

        Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                               const EventBatch& batch, const AppendCondition& condition,
                               const CallOptions& call) override {
            return detail::guarded_append(Inside::inside, [&] {
                return store.append(stream, expected, batch, condition, call);
            });
        }
        Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                         const CallOptions& call) override {
            return detail::guarded_append(
                Inside::inside, [&] { return store.append_unchecked(stream, batch, call); });
        }
        Result<Page> read_stream(StreamNameView stream, const StreamRead& which,
                                 const CallOptions& call) const override {
            return detail::guarded(Inside::inside,
                                   [&] { return store.read_stream(stream, which, call); });
        }
        Result<Page> read_all(const AllRead& which, const CallOptions& call) const override {
            if constexpr (S::capabilities.global_order)
                return detail::guarded(Inside::inside, [&] { return store.read_all(which, call); });
            else
                return this->unsupported("read all events in their order (global_order)");
        }
        Result<bool> wait_for_append(std::optional<Position> after,
                                     const CallOptions& call) const override {
            if constexpr (S::capabilities.wakes_readers)
                return detail::guarded(Inside::inside,
                                       [&] { return store.wait_for_append(after, call); });
            else
                return this->unsupported("wait for appends (wakes_readers)");
        }
        [[nodiscard]] Result<Uuid> store_id() const override {
            if constexpr (detail::HasStoreId<S>)
                return detail::guarded(Inside::inside, [&] { return store.store_id(); });
            else
                return this->unsupported("tell its id (store_id)");
        }
        Result<void> close() override {
            if constexpr (requires { store.close(); }) {
                return detail::guarded(Inside::inside, [&]() -> Result<void> {
                    store.close();
                    return {};
                });
            } else {
                return this->unsupported("be closed");
            }
        }

        S store;
    };

    std::shared_ptr<Inside> inside_;
};

} // namespace eventsourcing

#endif
