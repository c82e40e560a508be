// SPDX-License-Identifier: MIT
// The members by which a class customises the library, in all forms: what is not read is never
// ignored. What the compiler then says is in tests/compile_fail/*_form.cpp.
#include <eventsourcing/core/event_traits.hpp>

#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/aggregate_options.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/runtime/decision_stream.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace forms {

template <class E>
inline constexpr bool read = eventsourcing::detail::CustomisesInForm<E>;

#define TEXT_IN_ALL_FORMS(name)                                                                    \
    namespace of_##name {                                                                          \
        struct Right {                                                                             \
            static constexpr std::string_view name = "shop.sold";                                  \
        };                                                                                         \
        struct Literal {                                                                           \
            static constexpr const char* name = "shop.sold";                                       \
        };                                                                                         \
        struct Field {                                                                             \
            std::string name;                                                                      \
        };                                                                                         \
        struct Number {                                                                            \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        class Private {                                                                            \
            static constexpr std::string_view name = "shop.sold";                                  \
        };                                                                                         \
        struct Function {                                                                          \
            std::string_view name() const;                                                         \
        };                                                                                         \
        struct StaticFunction {                                                                    \
            static std::string_view name();                                                        \
        };                                                                                         \
        struct Overloaded {                                                                        \
            std::string_view name() const;                                                         \
            std::string_view name(int) const;                                                      \
        };                                                                                         \
        struct Template {                                                                          \
            template <class T>                                                                     \
            static std::string_view name(T);                                                       \
        };                                                                                         \
        struct Changeable {                                                                        \
            static inline std::string name = "shop.sold";                                          \
        };                                                                                         \
        struct Elsewhere {                                                                         \
            static const std::string_view name;                                                    \
        };                                                                                         \
        struct Type {                                                                              \
            enum class name { sold };                                                              \
        };                                                                                         \
        struct Final final {                                                                       \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        struct FinalFunction final {                                                               \
            std::string_view name() const;                                                         \
        };                                                                                         \
        static_assert(read<Right> && read<Literal> && read<Field>);                                \
        static_assert(!read<Number> && !read<Private> && !read<Function> &&                        \
                      !read<StaticFunction>);                                                      \
        static_assert(!read<Overloaded> && !read<Template> && !read<Changeable> &&                 \
                      !read<Elsewhere>);                                                           \
        static_assert(!read<Type> && !read<Final> && !read<FinalFunction>);                        \
    }

TEXT_IN_ALL_FORMS(event_type)
TEXT_IN_ALL_FORMS(event_type_version)
TEXT_IN_ALL_FORMS(event_source)

namespace of_aliases {
struct Right {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
};
struct Field {
    std::vector<std::string> event_type_aliases;
};
struct CArray {
    static constexpr std::string_view event_type_aliases[] = {"shop.paid"};
};
struct Number {
    static constexpr int event_type_aliases = 1;
};
class Private {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
};
struct Function {
    static std::vector<std::string> event_type_aliases();
};
struct Changeable {
    static inline std::vector<std::string> event_type_aliases{"shop.paid"};
};
struct Numbers {
    static constexpr std::array event_type_aliases{1, 2};
};
static_assert(read<Right> && read<Field>);
static_assert(!read<CArray> && !read<Number> && !read<Private> && !read<Function>);
static_assert(!read<Changeable> && !read<Numbers>);
} // namespace of_aliases

// A field `event_tags` is refused, too: what is meant by it is clear.
namespace of_tags {
struct Right {
    std::vector<std::string> event_tags() const;
};
struct Set {
    std::set<std::string_view> event_tags() const;
};
struct NotConst {
    std::vector<std::string> event_tags();
};
class Private {
    std::vector<std::string> event_tags() const;
};
struct Static {
    static std::vector<std::string> event_tags();
};
struct StaticOfEvent {
    static std::vector<std::string> event_tags(const StaticOfEvent& event);
};
struct Optionals {
    std::vector<std::optional<std::string>> event_tags() const;
};
struct One {
    std::string event_tags() const;
};
struct Field {
    std::vector<std::string> event_tags;
};
struct Asking {
    std::vector<std::string> event_tags(int) const;
};
struct Constant {
    static constexpr std::string_view event_tags = "item";
};
static_assert(read<Right> && read<Set>);
static_assert(!read<NotConst> && !read<Private> && !read<Static> && !read<StaticOfEvent>);
static_assert(!read<Optionals> && !read<One> && !read<Field> && !read<Asking> && !read<Constant>);
} // namespace of_tags

namespace of_upcast {
struct Before {};
struct Other {};
struct ByReference {
    static ByReference upcast(const Before& old);
};
struct ByValue {
    static ByValue upcast(Before old);
};
struct ByRvalue {
    static ByRvalue upcast(Before&& old);
};
struct NoExcept {
    static NoExcept upcast(const Before& old) noexcept;
};
struct Answering {
    static eventsourcing::Result<Answering> upcast(const Before& old);
};
struct WithRecord {
    static WithRecord upcast(const Before& old, const eventsourcing::EventRecord& record) noexcept;
};
struct Field {
    std::string upcast;
};
struct OfObject {
    OfObject upcast(const Before& old) const;
};
class Private {
    static Private upcast(const Before& old);
};
struct Changing {
    static Changing upcast(Before& old);
};
struct Pointer {
    static Pointer upcast(const Before* old);
};
struct Number {
    static Number upcast(int old);
};
struct Overloaded {
    static Overloaded upcast(const Before& old);
    static Overloaded upcast(const Other& old);
};
struct Template {
    template <class T>
    static Template upcast(const T& old);
};
struct Two {
    static Two upcast(const Before& old, const Other& too);
};
struct RecordByValue {
    static RecordByValue upcast(const Before& old, eventsourcing::EventRecord record);
};
struct None {
    static None upcast();
};
struct Constant {
    static constexpr int upcast = 1;
};
struct Final final {
    Final upcast(const Before& old) const;
};
static_assert(read<ByReference> && read<ByValue> && read<ByRvalue> && read<NoExcept>);
static_assert(read<Answering> && read<WithRecord> && read<Field>);
static_assert(!read<OfObject> && !read<Private> && !read<Changing> && !read<Pointer>);
static_assert(!read<Number> && !read<Overloaded> && !read<Template> && !read<Two>);
static_assert(!read<RecordByValue> && !read<None> && !read<Constant> && !read<Final>);
} // namespace of_upcast

namespace of_unknown_events {
template <class A>
inline constexpr bool right = !eventsourcing::detail::Declares_unknown_events<A> ||
                              eventsourcing::detail::NamesUnknownEvents<A>;
struct Right {
    static constexpr auto unknown_events = eventsourcing::ignore;
};
struct Refusing {
    static constexpr eventsourcing::UnknownEvents unknown_events = eventsourcing::refuse;
};
struct None {};
struct Flag {
    static constexpr bool unknown_events = true;
};
struct Function {
    static eventsourcing::UnknownEvents unknown_events();
};
class Private {
    static constexpr auto unknown_events = eventsourcing::ignore;
};
struct Changeable {
    static inline auto unknown_events = eventsourcing::ignore;
};
struct Text {
    static constexpr std::string_view unknown_events = "ignore";
};
struct Elsewhere {
    static const eventsourcing::UnknownEvents unknown_events;
};
struct FunctionOfObject {
    eventsourcing::UnknownEvents unknown_events() const;
};
static_assert(right<Right> && right<Refusing> && right<None>);
static_assert(!right<Flag> && !right<Function> && !right<Private> && !right<Changeable>);
static_assert(!right<Text> && !right<Elsewhere> && !right<FunctionOfObject>);
} // namespace of_unknown_events

/// Texts that are no members of an event.
#define OTHER_TEXT_IN_ALL_FORMS(name)                                                              \
    namespace of_##name {                                                                          \
        template <class T>                                                                         \
        inline constexpr bool right = !eventsourcing::detail::Declares_##name<T> ||                \
                                      eventsourcing::detail::NamesText_##name<T>;                  \
        struct Right {                                                                             \
            static constexpr std::string_view name = "two";                                        \
        };                                                                                         \
        struct Literal {                                                                           \
            static constexpr const char* name = "two";                                             \
        };                                                                                         \
        struct Field {                                                                             \
            int name;                                                                              \
        };                                                                                         \
        struct Number {                                                                            \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        class Private {                                                                            \
            static constexpr std::string_view name = "two";                                        \
        };                                                                                         \
        struct Function {                                                                          \
            std::string_view name() const;                                                         \
        };                                                                                         \
        struct StaticFunction {                                                                    \
            static std::string_view name();                                                        \
        };                                                                                         \
        struct Changeable {                                                                        \
            static inline std::string name = "two";                                                \
        };                                                                                         \
        struct Elsewhere {                                                                         \
            static const std::string_view name;                                                    \
        };                                                                                         \
        struct Type {                                                                              \
            enum class name { two };                                                               \
        };                                                                                         \
        static_assert(right<Right> && right<Literal> && right<Field>);                             \
        static_assert(!right<Number> && !right<Private> && !right<Function>);                      \
        static_assert(!right<StaticFunction> && !right<Changeable> && !right<Elsewhere>);          \
        static_assert(!right<Type>);                                                               \
    }

OTHER_TEXT_IN_ALL_FORMS(evolve_revision)
OTHER_TEXT_IN_ALL_FORMS(category)
OTHER_TEXT_IN_ALL_FORMS(apply_revision)
OTHER_TEXT_IN_ALL_FORMS(create)

// What is no right `key` is used as one, and does not compile there.
namespace of_key {
struct Sold {
    std::string item;
};
consteval eventsourcing::EventFamily event_family(const Sold&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
template <class P>
inline constexpr bool right =
    !eventsourcing::detail::HasKey<P> || eventsourcing::detail::NamesKey<P, Sold>;
struct Right {
    static std::string key(const auto& e) { return e.event.item; }
};
struct OfRecorded {
    static std::string_view key(const eventsourcing::Recorded<Sold>& e);
};
struct None {};
struct OfEvent {
    static std::string key(const Sold& sold);
};
struct OfObject {
    std::string key(const eventsourcing::Recorded<Sold>& e) const;
};
class Private {
    static std::string key(const eventsourcing::Recorded<Sold>& e);
};
struct Changing {
    static std::string key(eventsourcing::Recorded<Sold>& e);
};
struct Number {
    static int key(const eventsourcing::Recorded<Sold>& e);
};
struct Constant {
    static constexpr std::string_view key = "all";
};
struct Field {
    std::string key;
};
static_assert(right<Right> && right<OfRecorded> && right<None>);
static_assert(!right<OfEvent> && !right<OfObject> && !right<Private> && !right<Changing>);
static_assert(!right<Number> && !right<Constant>);
static_assert(!eventsourcing::detail::HasKey<Field>); // a projection with data is refused
} // namespace of_key

namespace of_stream {
struct Command {};
template <class D>
inline constexpr bool right =
    !eventsourcing::detail::declares_stream<D>() || eventsourcing::detail::NamesStream<D, Command>;
struct Right {
    static eventsourcing::StreamName stream(const Command&);
};
struct ForAll {
    static eventsourcing::StreamName stream(const auto&);
};
struct None {};
struct OfObject {
    eventsourcing::StreamName stream(const Command&) const;
};
class Private {
    static eventsourcing::StreamName stream(const Command&);
};
struct Changing {
    static eventsourcing::StreamName stream(Command&);
};
struct Pointer {
    static eventsourcing::StreamName stream(const Command*);
};
struct Constant {
    static constexpr std::string_view stream = "shop-1";
};
struct OfNothing {
    static eventsourcing::StreamName stream();
};
static_assert(right<Right> && right<ForAll> && right<None>);
static_assert(!right<OfObject> && !right<Private> && !right<Changing> && !right<Pointer>);
static_assert(!right<Constant> && !right<OfNothing>);
} // namespace of_stream

namespace of_layout {
template <class T>
inline constexpr bool right =
    !eventsourcing::detail::Declares_layout<T> || eventsourcing::detail::NamesItsLayout<T>;
struct Right {
    static constexpr int layout = 2;
};
struct Field {
    int layout;
};
struct Text {
    static constexpr std::string_view layout = "2";
};
class Private {
    static constexpr int layout = 2;
};
struct Function {
    static int layout();
};
struct Changeable {
    static inline int layout = 2;
};
struct Fraction {
    static constexpr double layout = 2;
};
struct Elsewhere {
    static const int layout;
};
struct FunctionOfObject {
    int layout() const;
};
static_assert(right<Right> && right<Field>);
static_assert(!right<Text> && !right<Private> && !right<Function> && !right<Changeable>);
static_assert(!right<Fraction> && !right<Elsewhere> && !right<FunctionOfObject>);
} // namespace of_layout

} // namespace forms
