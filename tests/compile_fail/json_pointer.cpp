// A pointer says nothing of what it points to, nor who owns it.
// expect: es: a pointer has no JSON form; use a value
// expect: std::optional for one that may be missing
#include <eventsourcing/codec/json.hpp>

#include <optional>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    const int* discount;
#else
    std::optional<int> discount;
#endif
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
