// SPDX-License-Identifier: MIT
// What reflection can't count, or can't bind: refused in the first line, and never written as `{}`.
// expect: shop::Paid
// expect 1: es: a bit-field or a reference cannot be reflected; make it a plain member
// expect 2: es: the fields of this struct cannot be counted: one is a reference, or has a type that
// expect 3: es: a bit-field or a reference cannot be reflected; make it a plain member
// expect 4: es: an anonymous union cannot be reflected; use std::variant, or give the struct a
// expect 5: es: the fields of this struct cannot be counted: one is a reference, or has a type that
// expect 6: es: a struct with a base class cannot be reflected; give it a
// expect 7: es: a struct with a base class cannot be reflected; give it a
// expect 8: es: an anonymous union cannot be reflected; use std::variant, or give the struct a
#include <eventsourcing/core/reflect.hpp>

#include <cstdint>
#include <string>

namespace shop {
class Money { // made of an explicit number only
public:
    explicit Money(std::int64_t cents) : cents_(cents) {}
    template <class T>
    Money(T) = delete;

private:
    std::int64_t cents_ = 0;
};
struct Refuses {
    Refuses() = default;
    template <class T>
    Refuses(T) = delete;
    int cents = 0;
};
struct Greedy {
    Greedy() = default;
    template <class T>
    Greedy(T&&) {}
    int cents = 0;
};

#ifndef MUST_FAIL
struct Paid {
    std::uint8_t cents;
    std::string by;
};
#elif MUST_FAIL == 1
struct Paid {
    std::string by;
    unsigned cents : 3;
};
#elif MUST_FAIL == 2
struct Paid {
    std::string& by;
    int cents;
};
#elif MUST_FAIL == 3
struct Paid {
    const std::string& by;
    int cents;
};
#elif MUST_FAIL == 4
struct Paid {
    union {
        int cents;
        float euros;
    };
    std::string by;
};
#elif MUST_FAIL == 5
struct Paid {
    Money money{std::int64_t{1}};
    std::string by;
};
#elif MUST_FAIL == 6
struct Paid : Refuses {};
#elif MUST_FAIL == 7
struct Paid : Greedy {};
#elif MUST_FAIL == 8
struct Paid {
    int id;
    union {
        int cents;
        float euros;
    };
};
#endif
} // namespace shop

constexpr auto count = eventsourcing::field_count<shop::Paid>;
