// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_EXTENSIONS_HPP
#define EVENTSOURCING_CLOUDEVENTS_EXTENSIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/cloudevents/extension.hpp>
#include <eventsourcing/cloudevents/uri.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>

// The extensions that CloudEvents 1.0.2 documents, for `read_extension` and `add_extension`, and
// the one of the drafts for 1.0.3 that `to_cloud_event` writes.

namespace eventsourcing {

/// The W3C trace context in which the event was made.
struct DistributedTracing {
    std::string traceparent{};
    std::optional<std::string> tracestate{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("traceparent", self.traceparent);
        attribute("tracestate", self.tracestate);
    }
    bool operator==(const DistributedTracing&) const = default;
};

/// The key by which a transport may partition a stream of events. See `kafka_partition_key`.
struct Partitioning {
    std::string partitionkey{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("partitionkey", self.partitionkey);
    }
    bool operator==(const Partitioning&) const = default;
};

/// The order of the events of one source, as text that sorts in that order.
struct Sequence {
    std::string sequence{};

    static void attributes(auto& self, auto&& attribute) { attribute("sequence", self.sequence); }
    bool operator==(const Sequence&) const = default;
};

/// Where the data can be fetched: instead of it, or a second time.
struct DataRef {
    UriReference dataref{};

    static void attributes(auto& self, auto&& attribute) { attribute("dataref", self.dataref); }
    bool operator==(const DataRef&) const = default;
};

/// How many events this one stands for; 1 if none were left out.
struct SampledRate {
    std::int32_t sampledrate = 1;

    static void attributes(auto& self, auto&& attribute) {
        attribute("sampledrate", self.sampledrate);
    }
    [[nodiscard]] Result<void> check() const {
        if (sampledrate > 0)
            return {};
        return detail::invalid_attribute("sampledrate", "expected a number over 0, got " +
                                                            std::to_string(sampledrate));
    }
    bool operator==(const SampledRate&) const = default;
};

/// Which events belong together, and what caused this one.
struct Correlation {
    std::optional<std::string> correlationid{};
    /// Preferably the id of the event that caused this one.
    std::optional<std::string> causationid{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("correlationid", self.correlationid);
        attribute("causationid", self.causationid);
    }
    bool operator==(const Correlation&) const = default;
};

} // namespace eventsourcing

#endif
