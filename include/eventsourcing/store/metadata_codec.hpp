// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_METADATA_CODEC_HPP
#define EVENTSOURCING_STORE_METADATA_CODEC_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/metadata.hpp>

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace eventsourcing {

namespace detail {

/// The texts of `metadata` by the names under which they are stored, and by those of the members.
/// The first two are those that EventStoreDB's own projections use.
template <class M>
auto metadata_texts(M& metadata) {
    const auto text = [](std::string_view stored, std::string_view member, auto& value) {
        return std::tuple(stored, member, &value);
    };
    return std::array{text("$correlationId", "correlation_id", metadata.correlation_id),
                      text("$causationId", "causation_id", metadata.causation_id),
                      text("commandId", "command_id", metadata.command_id),
                      text("traceparent", "traceparent", metadata.traceparent),
                      text("tracestate", "tracestate", metadata.tracestate)};
}

/// Reads a member that has one of our names. If it has another form than ours, another program has
/// written it, and it is left aside.
template <class T>
void decode_own_member(std::string_view json, T& out) {
    if (T read; decode_json_to(read, json))
        out = std::move(read);
}

} // namespace detail

/// Writes `metadata` to `out`, which it replaces: a JSON object without the absent values.
/// `errc::invalid` if a text is not UTF-8. A template, so that only files that call it compile it.
template <int = 0>
Result<void> encode_metadata(const Metadata& metadata, std::string& out) {
    out = "{";
    const auto begin_member = [&out](std::string_view name) {
        out.append(out.size() > 1 ? ",\"" : "\"").append(name).append("\":");
    };
    for (const auto& [name, member, value] : detail::metadata_texts(metadata)) {
        if (value->empty())
            continue;
        begin_member(name);
        if (auto done = encode_json_to(out, *value); !done)
            return Error(errc::invalid,
                         detail::joined({"metadata: ", member, ": expected UTF-8, got ",
                                         detail::in_quotes(*value, 40)}));
    }
    if (!metadata.values.empty()) {
        begin_member("values");
        if (auto done = encode_json_to(out, metadata.values); !done)
            return std::move(done).error().within("metadata: values");
    }
    out += "}";
    return {};
}

/// Reads what `encode_metadata` wrote; an empty text is empty metadata. Members that other programs
/// added are ignored, also a member that has one of our names and another form. `errc::malformed`
/// if the text is not a JSON object. A template, as is `encode_metadata`.
template <int = 0>
Result<Metadata> decode_metadata(std::string_view text) {
    Metadata read;
    if (text.empty())
        return read;
    detail::JsonScanner scanner(text);
    scanner.begin('{', "an object");
    for (bool first = true; scanner.more(first, '}'); first = false) {
        detail::JsonString name{};
        std::string_view value;
        if (!scanner.member_name(name) || !scanner.raw_value(value))
            break;
        for (const auto& [known, member, field] : detail::metadata_texts(read))
            if (name.equals(known))
                detail::decode_own_member(value, *field);
        if (name.equals("values"))
            detail::decode_own_member(value, read.values);
    }
    if (scanner.failed() || !scanner.at_end())
        return scanner.error(errc::malformed).within("metadata");
    return read;
}

} // namespace eventsourcing

#endif
