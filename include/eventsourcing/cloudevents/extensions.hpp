// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_EXTENSIONS_HPP
#define EVENTSOURCING_CLOUDEVENTS_EXTENSIONS_HPP

#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/cloudevents/cloud_event_time.hpp>
#include <eventsourcing/cloudevents/extension.hpp>
#include <eventsourcing/cloudevents/uri.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>

// The extensions that CloudEvents documents, for `read_extension` and `add_extension`. The first
// five came with 1.0.2; the others are drafts for 1.0.3.

namespace eventsourcing {

/// The W3C trace context of where the event began.
struct DistributedTracing {
    std::string traceparent{};
    std::optional<std::string> tracestate{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("traceparent", self.traceparent);
        attribute("tracestate", self.tracestate);
    }
    bool operator==(const DistributedTracing&) const = default;
};

/// What a transport may divide a stream of events by. See `kafka_partition_key`.
struct Partitioning {
    std::string partitionkey{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("partitionkey", self.partitionkey);
    }
    bool operator==(const Partitioning&) const = default;
};

/// The order of the events of one source, as text that sorts like it.
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

/// How many events this one stands for; 1 where none were left out.
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

/// What belongs together, and what caused the event.
struct Correlation {
    std::optional<std::string> correlationid{};
    /// Best the id of the event that caused this one.
    std::optional<std::string> causationid{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("correlationid", self.correlationid);
        attribute("causationid", self.causationid);
    }
    bool operator==(const Correlation&) const = default;
};

/// From when on the event is of no more use.
struct ExpiryTime {
    CloudEventTime expirytime{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("expirytime", self.expirytime);
    }
    bool operator==(const ExpiryTime&) const = default;
};

/// When the event was recorded, which may be later than `time`, when it happened.
struct RecordedTime {
    CloudEventTime recordedtime{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("recordedtime", self.recordedtime);
    }
    bool operator==(const RecordedTime&) const = default;
};

/// Who set off the event. No credentials.
struct AuthContext {
    /// One of app_user, user, service_account, api_key, system, unauthenticated, unknown, or
    /// another.
    std::string authtype{};
    std::optional<std::string> authid{};
    /// A JSON text.
    std::optional<std::string> authclaims{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("authtype", self.authtype);
        attribute("authid", self.authid);
        attribute("authclaims", self.authclaims);
    }
    bool operator==(const AuthContext&) const = default;
};

/// How grave the event is.
struct Severity {
    std::int32_t severitynumber = 0;
    /// In upper case, as in WARN.
    std::optional<std::string> severitytext{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("severitynumber", self.severitynumber);
        attribute("severitytext", self.severitytext);
    }
    [[nodiscard]] Result<void> check() const {
        if (severitynumber >= 0)
            return {};
        return detail::invalid_attribute("severitynumber", "expected 0 or more, got " +
                                                               std::to_string(severitynumber));
    }
    bool operator==(const Severity&) const = default;
};

/// That events of this type will come to an end, and what comes instead.
struct Deprecation {
    bool deprecated = true;
    std::optional<CloudEventTime> deprecationfrom{};
    std::optional<CloudEventTime> deprecationsunset{};
    std::optional<Uri> deprecationmigration{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("deprecated", self.deprecated);
        attribute("deprecationfrom", self.deprecationfrom);
        attribute("deprecationsunset", self.deprecationsunset);
        attribute("deprecationmigration", self.deprecationmigration);
    }
    [[nodiscard]] Result<void> check() const {
        if (!deprecated)
            return detail::invalid_attribute("deprecated", "expected true, or none, got false");
        if (deprecationfrom && deprecationsunset && *deprecationsunset < *deprecationfrom)
            return detail::invalid_attribute("deprecationsunset",
                                             "expected a time not before deprecationfrom");
        return {};
    }
    bool operator==(const Deprecation&) const = default;
};

/// How the data must be treated. A receiver that can't comply must refuse the event.
struct DataClassification {
    std::string dataclassification{};
    std::optional<std::string> dataregulation{};
    std::optional<std::string> datacategory{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("dataclassification", self.dataclassification);
        attribute("dataregulation", self.dataregulation);
        attribute("datacategory", self.datacategory);
    }
    bool operator==(const DataClassification&) const = default;
};

} // namespace eventsourcing

#endif
