// SPDX-License-Identifier: MIT
// What the tests of messages share.
#ifndef EVENTSOURCING_TESTS_CLOUDEVENTS_MESSAGES_HPP
#define EVENTSOURCING_TESTS_CLOUDEVENTS_MESSAGES_HPP

#include <eventsourcing/cloudevents/cloud_event.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <utility>

namespace messages {

namespace es = eventsourcing;

inline es::CloudEventFields minimal() {
    return {.id = "1", .source = "/", .type = "t"};
}
inline es::CloudEvent made(es::CloudEventFields fields) {
    return es::CloudEvent::make(std::move(fields)).value();
}

/// That a binary message holds text only in the character set that its content type names.
template <class Binary, class Structured, class Decode>
void check_character_sets(Binary binary, Structured structured, Decode decode) {
    auto fields = minimal();
    fields.datacontenttype = "text/plain; charset=iso-8859-1";
    fields.data = es::CloudEventData::text("\xC3\xA4");
    const auto refused = binary(made(fields));
    CHECK(fails_with(es::errc::unsupported, refused));
    CHECK(message_of(refused) ==
          "CloudEvent data: it is text in UTF-8, but datacontenttype is \"text/plain; "
          "charset=iso-8859-1\"; expected bytes in that character set, or to be sent in "
          "structured mode");
    CHECK(decode(structured(made(fields))).value() == made(fields));
    fields.data = es::CloudEventData::bytes("\xE4");
    CHECK(decode(binary(made(fields)).value()).value() == made(fields));
    fields.data = es::CloudEventData::text("a");
    CHECK(decode(binary(made(fields)).value()).value().data() == es::CloudEventData::bytes("a"));
}

} // namespace messages

#endif
