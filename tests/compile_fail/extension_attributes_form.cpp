// SPDX-License-Identifier: MIT
// The `attributes` of an extension in a form that is not called, or none.
// expect: es: name the attributes of the extension, public: `static void attributes(auto& self, auto&& attribute) {
// expect: Rate
// expect 1: es:
// expect 2: es:
// expect 3: es:
// expect 4: es:
// expect 5: es:
// expect 6: es:
// expect 7: es:
// expect 8: es:
// expect 9: es:
// expect 10: es:
#include <eventsourcing/cloudevents/extension.hpp>

#include <cstdint>

namespace es = eventsourcing;

#if defined(MUST_FAIL) && MUST_FAIL == 1
class Rate {
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }

public:
    std::int32_t rate = 0;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Rate {
    std::int32_t rate = 0;
    void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Rate {
    std::int32_t rate = 0;
    void attributes(auto&& attribute) const { attribute("rate", rate); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Rate {
    std::int32_t rate = 0;
    static void attributes(Rate& self, auto&& attribute) { attribute("rate", self.rate); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto& attribute) { attribute("rate", self.rate); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Rate {
    std::int32_t rate = 0;
    static constexpr const char* attributes = "rate";
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Rate {
    std::int32_t rate = 0;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 8
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto self, auto&& attribute) { attribute("rate", self.rate); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 9
struct Rate {
    std::int32_t rate = 0;
    static void attributes(Rate self, auto&& attribute) { attribute("rate", self.rate); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 10
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto attribute) { attribute("rate", self.rate); }
};
#else
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
};
#endif

auto done(es::CloudEventFields& fields) {
    return es::add_extension(fields, Rate{});
}
