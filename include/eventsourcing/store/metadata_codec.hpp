// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_METADATA_CODEC_HPP
#define EVENTSOURCING_STORE_METADATA_CODEC_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/metadata.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

namespace detail {

/// `Metadata` as it is read. The first two names are those that EventStoreDB's own projections use.
struct StoredMetadata {
    std::optional<std::string> correlation_id;
    std::optional<std::string> causation_id;
    std::optional<std::string> command_id;
    std::optional<std::string> traceparent;
    std::optional<std::string> tracestate;
    std::optional<std::map<std::string, std::string, std::less<>>> values;

    static void members(auto& self, auto&& member) {
        member("$correlationId", self.correlation_id);
        member("$causationId", self.causation_id);
        member("commandId", self.command_id);
        member("traceparent", self.traceparent);
        member("tracestate", self.tracestate);
        member("values", self.values);
    }
};

inline Result<void> append_metadata_field(std::string& out, std::string_view quoted_name,
                                          const std::string& value) {
    if (value.empty())
        return {};
    out += out.size() > 1 ? "," : "";
    out += quoted_name;
    return encode_json_to(out, value);
}

} // namespace detail

/// Writes `metadata` to `out`, which it replaces: a JSON object without the absent values.
/// `errc::invalid` if a text is not UTF-8.
inline Result<void> encode_metadata(const Metadata& metadata, std::string& out) {
    out = "{";
    const std::pair<std::string_view, const std::string*> fields[] = {
        {R"("$correlationId":)", &metadata.correlation_id},
        {R"("$causationId":)", &metadata.causation_id},
        {R"("commandId":)", &metadata.command_id},
        {R"("traceparent":)", &metadata.traceparent},
        {R"("tracestate":)", &metadata.tracestate},
    };
    for (const auto& [name, value] : fields)
        if (auto done = detail::append_metadata_field(out, name, *value); !done)
            return std::move(done).error().within("metadata");
    if (!metadata.values.empty()) {
        out += out.size() > 1 ? R"(,"values":)" : R"("values":)";
        if (auto done = encode_json_to(out, metadata.values); !done)
            return std::move(done).error().within("metadata");
    }
    out += "}";
    return {};
}

/// Reads what `encode_metadata` wrote; an empty text is empty metadata. Members that other systems
/// added are ignored.
inline Result<Metadata> decode_metadata(std::string_view text) {
    if (text.empty())
        return Metadata{};
    auto stored = decode_json<detail::StoredMetadata>(text);
    if (!stored)
        return std::move(stored).error().within("metadata");
    return Metadata{
        .correlation_id = std::move(stored->correlation_id).value_or(""),
        .causation_id = std::move(stored->causation_id).value_or(""),
        .command_id = std::move(stored->command_id).value_or(""),
        .traceparent = std::move(stored->traceparent).value_or(""),
        .tracestate = std::move(stored->tracestate).value_or(""),
        .values = std::move(stored->values).value_or(decltype(Metadata::values){}),
    };
}

} // namespace eventsourcing

#endif
