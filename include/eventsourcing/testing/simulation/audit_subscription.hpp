// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_AUDIT_SUBSCRIPTION_HPP
#define EVENTSOURCING_TESTING_SIMULATION_AUDIT_SUBSCRIPTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/types_of.hpp>
#include <eventsourcing/testing/simulation/each_record.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// What a projection makes of all events of a store but those that are parked, folded once more. A
/// projection with one State is one row, whose key is empty.
template <class P>
class FoldedAgain {
public:
    using Row = std::optional<typename P::State>;

    FoldedAgain(std::span<const ParkedEvent> parked, bool skips) : skips_(skips) {
        for (const ParkedEvent& event : parked)
            parked_.insert({event.key, event.event_id});
    }

    [[nodiscard]] const std::map<std::string, Row>& rows() const { return rows_; }

    /// Returns what is wrong, or an empty text.
    template <class Store>
    std::string fold(const Store& store) {
        for (;;) {
            rows_.clear();
            lines_.clear();
            auto fault = each_record(store, {.items = {{.types = types_of<FollowedVariant<P>>()}}},
                                     [&](const EventRecord& record) { return fold(record); });
            if (fault.empty() || !skips_ || !left_out_.insert(at_).second)
                return fault; // or once more, without the one that fails
        }
    }

private:
    using Place = std::pair<std::string, Uuid>; // the key, the event

    std::string fold(const EventRecord& record) {
        at_ = {"", record.id};
        if (left_out_.count(at_) != 0)
            return {};
        if constexpr (!HasKey<P>)
            if (is_not_in(std::string(record.stream), record))
                return {};
        auto done = reader_.read(record, [&]<class E>(const Recorded<E>& event) -> Result<void> {
            return fold(event, record);
        });
        return done ? std::string() : std::string(done.error().message());
    }
    template <class E>
    Result<void> fold(const Recorded<E>& event, const EventRecord& record) {
        if constexpr (HasKey<P>) {
            for (const std::string& key : keys_of<P>(event)) {
                if (is_not_in(key, record))
                    continue;
                if (auto done = fold(event, key, key); !done)
                    return done;
            }
            return {};
        } else {
            return fold(event, "", std::string(record.stream));
        }
    }
    template <class E>
    Result<void> fold(const Recorded<E>& event, const std::string& key, const std::string& line) {
        if (lines_.count(line) != 0)
            return Error(errc::failed, joined({event_place(event.stream.str(), event.revision),
                                               " is not parked, though an earlier event of key ",
                                               in_quotes(line), " is: it has a hole"}));
        at_.first = key;
        Row& row = rows_[key];
        if (!row)
            row.emplace();
        auto change = [&] {
            if constexpr (FollowsPlain<P, E>)
                return project<P>(*row, event.event);
            else
                return project<P>(*row, event);
        }();
        if (!change)
            return std::move(change).error();
        if (*change == RowChange::drop)
            row.reset();
        return {};
    }
    /// Whether it is parked, or left out.
    bool is_not_in(const std::string& line, const EventRecord& record) {
        if (left_out_.count({line, record.id}) != 0)
            return true;
        if (parked_.count({line, record.id}) == 0)
            return false;
        lines_.insert(line);
        return true;
    }

    const bool skips_;
    std::set<Place> parked_;
    std::set<Place> left_out_;
    std::set<std::string> lines_; // keys with parked events
    Place at_{};
    FollowedReader<P> reader_;
    std::map<std::string, Row> rows_;
};

template <class State>
std::string text_of_row(const std::optional<State>& row) {
    if (!row)
        return "nothing";
    const auto text = encode_json(*row);
    return text ? *text : std::string(text.error().message());
}

/// S2, S3, S8, S11: everything was read, and what is stored is the fold of all events except those
/// that are parked, each once.
template <class P, class Store, class Beside>
std::string audit_component(Subscription<P, Store, Beside>& subscription,
                            const SimWorld& /*world*/) {
    if (const auto status = subscription.status(); status.behind.value_or(0) != 0)
        return joined({std::to_string(*status.behind), " events behind, with nothing to do"});
    const SubscriptionOptions& options = subscription.options();
    if constexpr (!MakesStatements<P>) {
        if (options.start.kind != Start::Kind::beginning)
            return {};
        const auto parked = subscription.parked();
        if (!parked)
            return joined({"what is parked can't be read: ", parked.error().message()});
        FoldedAgain<P> again(*parked, options.on_failure == OnFailure::skip);
        if (auto fault = again.fold(subscription.store()); !fault.empty())
            return fault;
        const auto differs = [](const auto& stored, const auto& folded, const std::string& what) {
            const std::string a =
                stored ? text_of_row(*stored) : std::string(stored.error().message());
            const std::string b = text_of_row(folded);
            return a == b ? std::string()
                          : joined({what, ": stored is ", a, ", but the events give ", b});
        };
        if constexpr (HasKey<P>) {
            for (const auto& [key, row] : again.rows())
                if (auto fault = differs(subscription.get(key), row, "row " + in_quotes(key));
                    !fault.empty())
                    return fault;
        } else {
            const auto folded = again.rows().find("");
            auto stored = subscription.load();
            using Row = typename FoldedAgain<P>::Row;
            return differs(stored ? Result<Row>(Row(*std::move(stored)))
                                  : Result<Row>(std::move(stored).error()),
                           folded == again.rows().end() ? Row(std::in_place) : folded->second,
                           "the State");
        }
    }
    return {};
}

} // namespace eventsourcing::detail

#endif
