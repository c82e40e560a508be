// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_AUDIT_RELAY_HPP
#define EVENTSOURCING_TESTING_SIMULATION_AUDIT_RELAY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/testing/simulation/each_record.hpp>
#include <eventsourcing/testing/simulation/sim_sink.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

inline SimSink::Delivered delivered_of(const EventRecord& record) {
    return {.stream = std::string(record.stream),
            .id = record.id,
            .type = std::string(record.type),
            .data = std::string(record.data),
            .metadata = std::string(record.metadata)};
}

/// What came to the target of a relay, in its order.
inline std::vector<SimSink::Delivered> delivered_to(const SimSink& sink) {
    return sink.delivered();
}
template <EventStore Target>
std::vector<SimSink::Delivered> delivered_to(const Target& target) {
    std::vector<SimSink::Delivered> all;
    each_record(target, {}, [&](const EventRecord& record) {
        all.push_back(delivered_of(record));
        return std::string();
    });
    return all;
}

/// L1, L2, L4: what a relay has to deliver, and what came.
class DeliveryAudit {
public:
    void must_come(SimSink::Delivered event) {
        numbers_.insert({event.id, events_.size()});
        events_.push_back(std::move(event));
    }
    /// What is wrong with what came; of a store, each event came once.
    [[nodiscard]] std::string fault(const std::vector<SimSink::Delivered>& came, bool once) const {
        std::set<Uuid> seen;
        std::map<std::string, std::size_t> last; // of each stream
        for (const SimSink::Delivered& event : came) {
            const auto found = numbers_.find(event.id);
            if (found == numbers_.end())
                continue; // of another source
            const std::string name =
                joined({"event ", event.id.to_string(), " of stream ", event.stream});
            const SimSink::Delivered& sent = events_[found->second];
            if (sent.stream != event.stream || sent.type != event.type || sent.data != event.data ||
                sent.metadata != event.metadata)
                return joined({name, " came as another: ", event.type, " ", event.data, ", not as ",
                               sent.type, " ", sent.data});
            if (!seen.insert(event.id).second) {
                if (once)
                    return joined({name, " is stored twice"});
                continue;
            }
            const auto [before, first] = last.insert({event.stream, found->second});
            if (!first && before->second > found->second)
                return joined({name, " came after a later one"});
            before->second = found->second;
        }
        for (const SimSink::Delivered& event : events_)
            if (seen.count(event.id) == 0)
                return joined(
                    {"event ", event.id.to_string(), " of stream ", event.stream, " never came"});
        return {};
    }

private:
    std::vector<SimSink::Delivered> events_;
    std::map<Uuid, std::size_t> numbers_;
};

template <class Store, class Sink, class Beside>
std::string audit_component(Relay<Store, Sink, Beside>& relay, const SimWorld& /*world*/) {
    if (const auto status = relay.status(); status.behind.value_or(0) != 0)
        return joined({std::to_string(*status.behind), " events behind, with nothing to do"});
    if constexpr (requires { delivered_to(relay.sink()); }) {
        const RelayOptions& options = relay.options();
        if (options.start.kind != Start::Kind::beginning || options.on_failure == OnFailure::skip)
            return {};
        const auto parked = relay.parked();
        if (!parked)
            return joined({"what is parked can't be read: ", parked.error().message()});
        std::set<Uuid> waiting;
        for (const ParkedEvent& event : *parked)
            waiting.insert(event.event_id);
        Query query;
        if (!options.types.empty())
            query.items.push_back({.types = options.types});
        DeliveryAudit audit;
        auto fault = each_record(relay.store(), std::move(query), [&](const EventRecord& record) {
            if (waiting.count(record.id) == 0)
                audit.must_come(delivered_of(record));
            return std::string();
        });
        if (!fault.empty())
            return fault;
        return audit.fault(delivered_to(relay.sink()), EventStore<Sink>);
    }
    return {};
}

} // namespace eventsourcing::detail

#endif
