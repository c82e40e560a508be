// SPDX-License-Identifier: MIT
// A `check` of an extension in a form that would not be asked.
// expect 1: es: `check` is declared in a form that the library does not read; write, public:
// expect 2: es: `check` is declared in a form that the library does not read; write, public:
// expect 3: es: `check` is declared in a form that the library does not read; write, public:
// expect 4: es: `check` is declared in a form that the library does not read; write, public:
// expect 5: es: `check` is declared in a form that the library does not read; write, public:
#include <eventsourcing/cloudevents/extension.hpp>

#include <cstdint>

namespace es = eventsourcing;

#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
    bool check() const { return rate > 0; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
    es::Result<void> check() { return {}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
    static es::Result<void> check(const Rate&) { return {}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
    es::Result<void> check(int) const { return {}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
    void check() const {}
};
#else
struct Rate {
    std::int32_t rate = 0;
    static void attributes(auto& self, auto&& attribute) { attribute("rate", self.rate); }
    es::Result<void> check() const { return {}; }
};
#endif

auto done(es::CloudEventFields& fields) {
    return es::add_extension(fields, Rate{});
}
