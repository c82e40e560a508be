// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_RELAY_HPP
#define EVENTSOURCING_RUNTIME_RELAY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/explain_subscription.hpp>
#include <eventsourcing/runtime/following/delivery.hpp>
#include <eventsourcing/runtime/following/follower.hpp>
#include <eventsourcing/runtime/following/lag.hpp>
#include <eventsourcing/runtime/following/relay_marks.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/sink.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

struct RelayOptions {
    /// Under which the progress is kept, unique in the store.
    std::string name{};
    /// The types that are sent, `es::types_of<combat::Combat>()`; empty for all. Other ones need
    /// another name.
    std::vector<std::string> types{};
    /// Where it begins if it has no checkpoint yet.
    Start start{};
    /// What becomes of an event that the sink refuses for good. Parked are also the later ones of
    /// its stream, so that the order holds.
    OnFailure on_failure = OnFailure::stop;
    /// How many events are on their way at most: they are sent once more after a crash.
    std::size_t page_size = 500;
    std::size_t max_parked_keys = 1'000;
    /// Notes in the metadata of each event from which store it was sent: the id of the source, in
    /// the value `relayed_from`, after those that are there. For a sink that remembers no ids:
    /// events would go round between two stores. Members of the metadata that another program wrote
    /// beside those of `es::Metadata` are left out then.
    bool mark_source = false;
    /// The id of a source that has none of its own, such as an `EventStoreDb`: made once, and the
    /// same in the `leads_to` of the relays to it.
    std::optional<Uuid> source_id{};
    /// The ids of the stores to which the sink leads: what is marked as sent from one of them is
    /// not sent back there. The id of a sink that is a store is known.
    std::vector<Uuid> leads_to{};
    Backoff backoff{.first = std::chrono::milliseconds(100), .most = std::chrono::seconds(10)};
    Observer observer{};
    std::optional<Environment> environment{};
};

/// Hands the events of a store over to a sink, or to another store: the outbox. Each with its own
/// id, type, version, time, metadata, tags, source and bytes, at least once, in order within its
/// stream, and after it is durable in the source. The checkpoint is stored after the sink's answer.
/// A store that remembers ids keeps each event once.
///
/// A step machine, as `Subscription`. All functions may be called from several threads at once.
template <class Store, class Sink, class Beside = detail::NothingBeside>
class Relay {
    static_assert(detail::explain_relay<Store, Sink, Beside>());
    using Keeper = typename detail::SnapshotKeeper<Store, Beside>::Type;

public:
    Relay(Store store, Sink sink, const RelayOptions& options)
        requires std::same_as<Beside, detail::NothingBeside>
        : options_(options),
          query_(query_of(options)),
          follower_(store, store, key_of(options), query_, subscription_of(options), store,
                    std::move(sink), marks_of(options), options.types, options.observer,
                    options.name) {}
    Relay(Store store, Sink sink, RelayOptions options, Environment environment)
        requires std::same_as<Beside, detail::NothingBeside>
        : Relay(std::move(store), std::move(sink), with(std::move(options), environment)) {}
    Relay(Store store, Sink sink, Beside beside, const RelayOptions& options)
        requires(!std::same_as<Beside, detail::NothingBeside>)
        : options_(options),
          query_(query_of(options)),
          follower_(store, std::move(beside), key_of(options), query_, subscription_of(options),
                    store, std::move(sink), marks_of(options), options.types, options.observer,
                    options.name) {}
    /// Does not compile: says that a `Result` has to be checked first.
    template <detail::ResultAsStore R>
    Relay(R&& store, Sink sink, const RelayOptions& options)
        : Relay(detail::store_of_result(store), std::move(sink), options) {}
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    /// Sends at most one page. Waits for the sink, and never for events.
    Step step(const std::stop_token& stop = {}) { return follower_.step(stop); }
    void resume() { follower_.resume(); }

    /// The events that are parked, in the order of key and sequence.
    [[nodiscard]] Result<std::vector<ParkedEvent>> parked(const CallOptions& call = {}) const {
        return follower_.parked(call);
    }
    /// Handles the parked events of a key once more, in order, page by page. Those that succeed
    /// leave, the first one that fails stays, and so do all after it. Returns how many are left;
    /// `not_found` if there are none.
    Result<std::size_t> replay(const std::string& key, const CallOptions& call = {}) {
        return follower_.replay(key, call);
    }

    [[nodiscard]] SubscriptionStatus status(const CallOptions& call = {}) const {
        auto status = follower_.status().now();
        detail::add_lag(status, follower_.store(), query_, follower_.environment(), call);
        return status;
    }

    // For `es::run`.
    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        return follower_.wait_for_append(call);
    }
    [[nodiscard]] std::optional<Uuid> store_id() const { return follower_.store_id(); }
    void driven(int more) { follower_.driven(more); }

    [[nodiscard]] const Store& store() const { return follower_.store(); }
    [[nodiscard]] const std::string& name() const { return follower_.key().name; }
    [[nodiscard]] Environment environment() const { return follower_.environment(); }
    [[nodiscard]] const Sink& sink() const { return follower_.handler().sink(); }
    [[nodiscard]] const RelayOptions& options() const { return options_; }

private:
    static Query query_of(const RelayOptions& options) {
        if (options.types.empty())
            return {};
        return {.items = {{.types = options.types}}};
    }
    static ProgressKey key_of(const RelayOptions& options) {
        return {.name = options.name, .fingerprint = "relay 1"};
    }
    static detail::RelayMarks marks_of(const RelayOptions& options) {
        return {options.mark_source, options.leads_to, options.source_id};
    }
    static RelayOptions with(RelayOptions options, const Environment& environment) {
        options.environment = environment;
        return options;
    }
    static SubscriptionOptions subscription_of(const RelayOptions& options) {
        return {.name = options.name,
                .start = options.start,
                .on_failure = options.on_failure,
                .page_size = options.page_size,
                .max_parked_keys = options.max_parked_keys,
                .backoff = options.backoff,
                .observer = options.observer,
                .environment = options.environment};
    }

    const RelayOptions options_;
    const Query query_;
    detail::Follower<Store, Keeper, detail::Delivery<Store, Sink>> follower_;
};

} // namespace eventsourcing

#endif
