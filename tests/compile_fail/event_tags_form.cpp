// Tags in a form that would be ignored: a condition on them would miss the event.
// expect: shop::Sold
// expect 1: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 2: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 3: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 4: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 5: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 6: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 7: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 8: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 9: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/store/encode_batch.hpp>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Sold {
    std::vector<std::string> event_tags() { return {item}; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
class Sold {
    std::vector<std::string> event_tags() const { return {item}; }

public:
    std::string item;
    static void members(auto& self, auto&& member) { member("item", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Sold {
    static std::vector<std::string> event_tags(const Sold& sold) { return {sold.item}; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Sold {
    static std::vector<std::string> event_tags() { return {"item"}; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Sold {
    std::vector<std::optional<std::string>> event_tags() const { return {item}; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Sold {
    std::string event_tags() const { return item; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Sold {
    std::vector<std::string> event_tags;
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 8
struct Sold {
    std::vector<std::string> event_tags(int) const { return {item}; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 9
struct Sold {
    static constexpr std::string_view event_tags = "item";
    std::string item;
};
#else
struct Sold {
    std::set<std::string> event_tags() const { return {item}; }
    std::string item;
};
#endif

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
