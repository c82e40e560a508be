// SPDX-License-Identifier: MIT
// An enum_range in a form that would be ignored, or that holds too many values.
// expect: enum_range
// expect: shop::Register
// expect 1: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 2: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 3: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 4: es: the enum_range of this enumeration holds 1 to 65536 values, with `first` not after `last`
// expect 5: es: the enum_range of this enumeration holds 1 to 65536 values, with `first` not after `last`
// expect 6: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 7: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 8: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 9: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 10: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 11: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
// expect 12: es: enum_range is not declared as the library reads it; write `consteval es::EnumRange enum_range(const E&) { return {.first = 0, .last = 1000}; }` next to this enumeration
#include <eventsourcing/core/enum_name.hpp>

#include <type_traits>

namespace es = eventsourcing;

namespace shop {
enum class Register { coils, holding = 40'000 };
#if defined(MUST_FAIL) && MUST_FAIL == 1
es::EnumRange enum_range(const Register&) {
    return {.first = 0, .last = 40'000};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 2
consteval int enum_range(const Register&) {
    return 40'000;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 3
void enum_range(Register) {}
#elif defined(MUST_FAIL) && MUST_FAIL == 4
consteval es::EnumRange enum_range(const Register&) {
    return {.first = 0, .last = 65'536};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 5
consteval es::EnumRange enum_range(const Register&) {
    return {.first = 1, .last = 0};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 6
consteval auto enum_range(const Register&) {
    struct {
        int first = 0, last = 9;
    } range;
    return range;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 7
consteval es::EnumRange enum_range(Register&) {
    return {.first = 0, .last = 40'000};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 8
consteval es::EnumRange enum_range(Register*) {
    return {.first = 0, .last = 40'000};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 9
consteval es::EnumRange enum_range(Register&&) {
    return {.first = 0, .last = 40'000};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 10
consteval es::EnumRange enum_range(std::type_identity<Register>) {
    return {.first = 0, .last = 40'000};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 11
consteval es::EnumRange enum_range(const Register*) {
    return {.first = 0, .last = 40'000};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 12
consteval es::EnumRange enum_range(volatile Register&) {
    return {.first = 0, .last = 40'000};
}
#else
consteval es::EnumRange enum_range(const Register&) {
    return {.first = 0, .last = 65'535};
}
#endif
} // namespace shop

auto name = es::enum_name(shop::Register::holding);
