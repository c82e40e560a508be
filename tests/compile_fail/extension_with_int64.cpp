// SPDX-License-Identifier: MIT
// An extension of CloudEvents with a number that no attribute can hold.
// expect: es: an attribute is a std::string, bool, std::int32_t, CloudEventTime or UriReference
#include <eventsourcing/cloudevents/extension.hpp>

#include <cstdint>
#include <optional>

namespace es = eventsourcing;

struct Billing {
#ifdef MUST_FAIL
    std::int64_t cents = 0;
#else
    std::int32_t cents = 0;
#endif
    static void attributes(auto& self, auto&& attribute) { attribute("cents", self.cents); }
};

es::Result<std::optional<Billing>> read(const es::CloudEvent& event) {
    return es::read_extension<Billing>(event);
}
