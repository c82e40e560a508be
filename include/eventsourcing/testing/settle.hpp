// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SETTLE_HPP
#define EVENTSOURCING_TESTING_SETTLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/runnable.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

struct SettleOptions {
    /// How many steps may be made in all.
    std::size_t most_steps = 100'000;
};

/// How one of them is after `settle`.
struct SettledPart {
    std::string name;
    /// What its last step did.
    Step::Kind kind = Step::Kind::idle;
    /// Why it waits or has stopped, and what it has parked.
    std::string reason{};
    /// When it is to be stepped without a new event, counted from now.
    std::optional<std::chrono::nanoseconds> next{};
};

/// What `settle` came to: true in a condition if nobody has anything to do, and nobody waits, has
/// stopped, or holds parked events.
class Settled {
public:
    /// Of each, in the order of the arguments.
    std::vector<SettledPart> parts{};
    /// How many steps did something.
    std::size_t steps = 0;
    /// Why it was given up; empty if all came to rest.
    std::string given_up{};

    [[nodiscard]] explicit operator bool() const {
        for (const SettledPart& part : parts)
            if (!part.reason.empty())
                return false;
        return given_up.empty();
    }

    /// A line for each: `board: idle`, `transfers: idle, next in 24h`, `mail: waiting: refused`.
    [[nodiscard]] std::string describe() const {
        std::string out = given_up.empty() ? given_up : given_up + "\n";
        for (const SettledPart& part : parts) {
            out += detail::joined({part.name, ": ", word(part.kind)});
            if (part.next)
                out += detail::joined({", next in ", seconds(*part.next)});
            if (!part.reason.empty())
                out += detail::joined({": ", part.reason});
            out += '\n';
        }
        return out;
    }

    // A template, so that this header needs no <ostream>: a caller that prints includes it.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                        const Settled& settled) {
        return out << settled.describe();
    }

private:
    static std::string_view word(Step::Kind kind) {
        switch (kind) {
        case Step::Kind::worked:
            return "still working";
        case Step::Kind::idle:
            return "idle";
        case Step::Kind::waiting:
            return "waiting";
        case Step::Kind::stopped:
            return "stopped";
        }
        return {};
    }
    static std::string seconds(std::chrono::nanoseconds time) {
        const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
        return ms % 1000 == 0 ? detail::joined({std::to_string(ms / 1000), " s"})
                              : detail::joined({std::to_string(ms), " ms"});
    }
};

namespace detail {

template <Followable F>
SettledPart settled_part(const F& follower, const Step& last) {
    SettledPart part{.name = std::string(type_name<F>()), .kind = last.kind};
    if constexpr (requires { std::string(follower.name()); })
        part.name = follower.name();
    if (last.next)
        part.next = *last.next - follower.environment().steady_now();
    if (last.kind == Step::Kind::stopped || last.kind == Step::Kind::waiting)
        part.reason = "its status does not say why";
    if constexpr (requires {
                      { follower.status() } -> std::same_as<SubscriptionStatus>;
                  }) {
        const SubscriptionStatus status = follower.status();
        if (status.failure)
            part.reason = status.failure->message;
        if (status.failure && status.failure->stream)
            part.reason += joined({" (stream ", status.failure->stream->str(), ")"});
        if (status.parked_keys > 0)
            part.reason += joined({part.reason.empty() ? "" : "; ",
                                   std::to_string(status.parked_keys), " keys are parked"});
    }
    return part;
}

} // namespace detail

/// Steps subscriptions, relays and process managers until none of them has anything to do, also
/// about what another one has done. Waits for nothing and moves no clock: what is due later is done
/// after `world.advance(25h)` and another call.
///
///     es::settle(world, board, transfers, relay);
///
/// What waits or has stopped does not hold up the others; the result says why it does:
/// `CHECK(es::settle(board))`. It gives up after many steps, which means that two of them make work
/// for each other without an end.
template <Followable... Followers>
    requires(sizeof...(Followers) > 0)
Settled settle(const SettleOptions& options, Followers&... followers) {
    constexpr std::size_t count = sizeof...(Followers);
    Settled out;
    Step last[count];
    bool more = true;
    while (more && out.given_up.empty()) {
        more = false;
        std::size_t i = 0;
        const auto step = [&](auto& follower) {
            last[i] = follower.step({});
            if (last[i++].kind != Step::Kind::worked)
                return;
            more = true;
            if (++out.steps == options.most_steps)
                out.given_up =
                    detail::joined({"not settled after ", std::to_string(out.steps),
                                    " steps: they make work for each other without an end, or "
                                    "SettleOptions::most_steps is too low"});
        };
        (step(followers), ...);
    }
    std::size_t i = 0;
    (out.parts.push_back(detail::settled_part(followers, last[i++])), ...);
    return out;
}
template <Followable... Followers>
    requires(sizeof...(Followers) > 0)
Settled settle(Followers&... followers) {
    return settle(SettleOptions{}, followers...);
}

/// The same, where all of them are by the clock of `world`: one that is not is named, and nothing
/// is done, because it would wait for the system's clock.
template <Followable... Followers>
    requires(sizeof...(Followers) > 0)
Settled settle(const FixedEnvironment& world, const SettleOptions& options,
               Followers&... followers) {
    const Environment clock = world;
    Settled out;
    const auto look = [&](const auto& follower) {
        out.parts.push_back(detail::settled_part(follower, {}));
        if (follower.environment() != clock)
            out.parts.back().reason = "it has another clock than the world: make its store with "
                                      "the world, es::MemoryStore{world}, or pass the world to it";
    };
    (look(followers), ...);
    for (const SettledPart& part : out.parts)
        if (part.reason.starts_with("it has another clock"))
            out.given_up = detail::joined({"nothing is done: ", part.name, " is of another world"});
    return out.given_up.empty() ? settle(options, followers...) : out;
}
template <Followable... Followers>
    requires(sizeof...(Followers) > 0)
Settled settle(const FixedEnvironment& world, Followers&... followers) {
    return settle(world, SettleOptions{}, followers...);
}

} // namespace eventsourcing

#endif
