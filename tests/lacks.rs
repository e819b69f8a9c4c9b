//! `lacks!(Type: Trait, …)` compiles only while the type has none of the traits.
//!
//! The trick of the crate `static_assertions`: one blanket implementation for everything and one for what
//! has the trait; a type with the trait has both, and the compiler cannot choose.

macro_rules! lacks {
    ($type:ty: $($bound:path),+ $(,)?) => {
        const _: fn() = || {
            trait Choice<Which> {
                fn made() {}
            }
            impl<T: ?Sized> Choice<()> for T {}
            $({
                struct Has;
                impl<T: ?Sized + $bound> Choice<Has> for T {}
            })+
            let _ = <$type as Choice<_>>::made;
        };
    };
}
