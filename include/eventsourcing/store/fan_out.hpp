// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_FAN_OUT_HPP
#define EVENTSOURCING_STORE_FAN_OUT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/append_to.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/explain_opened.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A follower of a fan-out failed to take a batch that the primary has taken.
struct FollowerFailure {
    /// Which one, from 0, in the order in which they were given.
    std::size_t follower;
    /// Its type, `CallbackSink<...>`.
    std::string_view follower_type;
    StreamNameView stream;
    /// Where the primary put the events; nothing if it has no revisions.
    std::optional<Receipt> receipt;
    const Error& error;
};

namespace detail {

template <class S, class B>
concept TakesChecked =
    requires(S& sink, StreamNameView stream, ExpectedRevision expected, const B& batch,
             const AppendCondition& condition, const CallOptions& call) {
        { sink.append(stream, expected, batch, condition, call) } -> std::same_as<Result<Receipt>>;
    };
template <class S, class B>
concept TakesConditions = requires(const S& sink, StreamNameView stream, const B& batch,
                                   const AppendCondition& condition, const CallOptions& call) {
    { sink.append_if(stream, batch, condition, call) } -> std::same_as<Result<Receipt>>;
};

/// A function for failures, type-erased; it is called on a failure only.
class FailureHandler {
public:
    template <class F>
        requires(!std::same_as<F, FailureHandler> && std::invocable<F&, const FollowerFailure&>)
    explicit FailureHandler(F f) : inside_(std::make_shared<Of<F>>(std::move(f))) {}

    void operator()(const FollowerFailure& failure) const { inside_->call(failure); }

private:
    struct Inside {
        Inside() = default;
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        virtual ~Inside() = default;
        virtual void call(const FollowerFailure& failure) = 0;
    };
    template <class F>
    struct Of final : Inside {
        explicit Of(F its_f) : f(std::move(its_f)) {}
        void call(const FollowerFailure& failure) override {
            // an exception of the handler is dropped: the batch is in the primary
            (void)guarded("the handler", [&]() -> Result<void> {
                f(failure);
                return {};
            });
        }
        F f;
    };
    std::shared_ptr<Inside> inside_;
};

} // namespace detail

/// Sends each batch, stamped and encoded once, to a primary and then to its followers.
///
/// The primary decides: its result is the result, and followers never get a batch that it has not
/// taken. They get the others one after the other, without a check of revisions. If one fails or
/// throws, that changes neither the result nor what other followers get: the handler is called,
/// from several threads at once if need be.
///
/// The deadline and the stop of a call are the primary's. Once it has taken the batch the call
/// can't be stopped any more, so followers are called without either, and a call may last longer
/// than its deadline by the time that they take.
///
/// A follower may miss a batch (if the process ends in between), may get a batch twice (after a
/// retry), and may get batches of different threads in another order than the primary. If that is
/// not good enough, feed it from the primary's events by a relay.
///
/// It has the primary's capabilities and verbs, and can be read if the primary can; progress and
/// snapshots are kept by `primary()`. As many threads may use it as may use all of its sinks.
template <class Primary, class... Followers>
class FanOutPrimaryDecides {
    static_assert((detail::explain_opened<Primary>() && ... &&
                   detail::explain_opened<Followers>()));

public:
    static constexpr Capabilities capabilities = [] {
        Capabilities all = Primary::capabilities;
        all.stamps = (all.stamps || ... || Followers::capabilities.stamps);
        return all;
    }();

    /// `on_failure(const FollowerFailure&)` is called for every batch that a follower did not take.
    template <std::invocable<const FollowerFailure&> OnFailure>
    FanOutPrimaryDecides(OnFailure on_failure, Primary primary, Followers... followers)
        : on_failure_(std::move(on_failure)),
          primary_(std::move(primary)),
          followers_(std::move(followers)...) {}

    template <detail::AnyBatch B>
        requires(detail::TakesChecked<Primary, B> && ... && detail::TakesUnchecked<Followers, B>)
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected, const B& batch,
                           const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        return follow(stream, batch, detail::guarded_append("the primary", [&] {
                          return primary_.append(stream, expected, batch, condition, call);
                      }));
    }

    template <detail::AnyBatch B>
        requires(detail::TakesUnchecked<Primary, B> && ... && detail::TakesUnchecked<Followers, B>)
    detail::UncheckedAnswer<Primary, B> append_unchecked(StreamNameView stream, const B& batch,
                                                         const CallOptions& call = {}) const {
        return follow(stream, batch, detail::guarded_append("the primary", [&] {
                          return detail::append_to(primary_, stream, batch, call);
                      }));
    }

    template <detail::AnyBatch B>
        requires(detail::TakesConditions<Primary, B> && ... && detail::TakesUnchecked<Followers, B>)
    Result<Receipt> append_if(StreamNameView stream, const B& batch,
                              const AppendCondition& condition,
                              const CallOptions& call = {}) const {
        return follow(stream, batch, detail::guarded_append("the primary", [&] {
                          return primary_.append_if(stream, batch, condition, call);
                      }));
    }

    /// Followers get one batch after the other; none that has no events.
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call = {}) const
        requires(AppendsAll<Primary> && ... && detail::TakesUnchecked<Followers, EventBatch>)
    {
        auto answer = detail::guarded_append("the primary",
                                             [&] { return primary_.append_all(batches, call); });
        if (answer)
            for (std::size_t i = 0; i < batches.size(); ++i)
                if (batches[i].batch.size() > 0)
                    pass_on(batches[i].stream, batches[i].batch, (*answer)[i]);
        return answer;
    }

    [[nodiscard]] Result<Page> find_event(const Uuid& id, const CallOptions& call = {}) const
        requires FindsEvents<Primary>
    {
        return primary_.find_event(id, call);
    }
    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call = {}) const
        requires TellsHead<Primary>
    {
        return primary_.head(call);
    }
    [[nodiscard]] Result<void> sync(Position position, const CallOptions& call = {}) const
        requires SyncsUpTo<Primary>
    {
        return primary_.sync(position, call);
    }

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const
        requires detail::ReadsStreams<Primary>
    {
        return primary_.read_stream(stream, which, call);
    }
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const
        requires detail::ReadsAll<Primary>
    {
        return primary_.read_all(which, call);
    }
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const
        requires detail::WakesReaders<Primary>
    {
        return primary_.wait_for_append(after, call);
    }

    [[nodiscard]] Result<Uuid> store_id() const
        requires detail::HasStoreId<Primary>
    {
        return primary_.store_id();
    }

    /// What the primary can do, if that is known at run time only.
    [[nodiscard]] Capabilities actual_capabilities() const {
        Capabilities all = promises_of(primary_);
        all.stamps = capabilities.stamps;
        return all;
    }
    /// The verbs of the primary that this has, too.
    [[nodiscard]] Verbs actual_verbs() const {
        const Verbs of_primary = verbs_of(primary_);
        return {.append_if = AppendsIf<FanOutPrimaryDecides> && of_primary.append_if,
                .append_all = AppendsAll<FanOutPrimaryDecides> && of_primary.append_all,
                .head = of_primary.head,
                .find_event = of_primary.find_event,
                .sync = of_primary.sync};
    }

    /// That of the primary, whose deadlines a call's are.
    [[nodiscard]] Environment environment() const { return detail::environment_of(primary_); }

    /// Shows typed events as the primary does, if it keeps them.
    template <class Event, class Visitor>
        requires requires(const Primary& primary, StreamNameView stream, Visitor& visitor) {
            primary.template read_events<Event>(stream, std::optional<Revision>{}, visitor);
        }
    Result<void> read_events(StreamNameView stream, std::optional<Revision> last,
                             Visitor&& visitor) const {
        return primary_.template read_events<Event>(stream, last, visitor);
    }

    [[nodiscard]] const Primary& primary() const { return primary_; }

private:
    template <class B, class Answer>
    Answer follow(StreamNameView stream, const B& batch, Answer answer) const {
        if (!answer)
            return answer;
        std::optional<Receipt> receipt;
        if constexpr (!std::same_as<Answer, Result<void>>)
            receipt = *answer;
        pass_on(stream, batch, receipt);
        return answer;
    }

    template <class B>
    void pass_on(StreamNameView stream, const B& batch,
                 const std::optional<Receipt>& receipt) const {
        std::apply(
            [&](Followers&... followers) {
                std::size_t number = 0;
                (send(followers, number++, stream, batch, receipt), ...);
            },
            followers_);
    }

    template <class Follower, class B>
    void send(Follower& follower, std::size_t number, StreamNameView stream, const B& batch,
              const std::optional<Receipt>& receipt) const {
        const auto done = detail::guarded_append(
            "the follower", [&] { return detail::append_to(follower, stream, batch, {}); });
        if (!done)
            on_failure_({.follower = number,
                         .follower_type = detail::type_name<Follower>(),
                         .stream = stream,
                         .receipt = receipt,
                         .error = done.error()});
    }

    detail::FailureHandler on_failure_;
    // A sink of an application may have no const append.
    mutable Primary primary_;
    mutable std::tuple<Followers...> followers_;
};

} // namespace eventsourcing

#endif
