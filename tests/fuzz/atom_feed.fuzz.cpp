// SPDX-License-Identifier: MIT
// Any text as an answer of an EventStoreDB: what is read as a feed becomes records that can be
// sent again, and links that lead somewhere.
#include <eventsourcing/engines/eventstoredb/read_records.hpp>

#include "fuzz/fuzz.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using namespace es::detail::eventstoredb;
using fuzz::require;

template <class T>
void require_clear(const es::Result<T>& read, std::string_view text) {
    if (read)
        return;
    require(read.error() == es::errc::malformed, "malformed", text);
    fuzz::require_readable(read.error().message());
}

/// What was read of metadata is what would be sent, and is read again as the same.
void check_again(const es::EventRecord& record) {
    es::NewEvent event{.id = record.id,
                       .type = record.type,
                       .version = record.version,
                       .content_type = record.content_type,
                       .data = record.data,
                       .metadata = record.metadata,
                       .recorded_at = record.recorded_at,
                       .tags = record.tags};
    if (!record.metadata.empty() && !check_payload(record.metadata, false))
        return; // two members of one name, or too deep for one level more
    std::string text;
    require(append_metadata(text, event).has_value(), "metadata can be sent", record.metadata);
    const auto again = open_metadata(text);
    if (!again.envelope.version) // one level more than was read
        return;
    require(same_json(again.own.empty() ? "{}" : again.own,
                      record.metadata.empty() ? "{}" : record.metadata),
            "the same metadata", text);
    require(again.envelope.version == record.version, "the same version", text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    static_cast<void>(open_metadata(text)); // what is no envelope is left out or left as it is
    require_clear(page_number(text), text);
    require_clear(page_position(text), text);
    if (const auto position = page_position(text))
        require(page_position("/" + text_of(*position) + "/forward/1").value() == *position,
                "a position is written as it was read", text);
    if (check_payload(text, true))
        require(StoredSize::of(text) > 0 && same_json(text, text), "a payload", text);

    const auto feed = read_feed(text);
    require_clear(feed, text);
    if (!feed)
        return 0;
    for (const char* relation : {"previous", "next"})
        if (const auto* const link = feed->link(relation))
            require_clear(page_number(*link), *link);
    es::Page page;
    for (const auto& entry : feed->entries)
        require_clear(add_record(page, entry), text);
    for (const auto& record : page.records())
        check_again(record);
    return 0;
}
